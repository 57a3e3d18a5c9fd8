"""The field of current that leaks from the rails while a train runs.

A train at x_t puts its current I into the rails; it leaks into the ground around the train and comes back
around the two neighbouring substations:

    j(x) = I/(2λ) · [e^(−|x − x_t|/λ) − Σ_s w_s e^(−|x − x_s|/λ)]    in A/m,

w_A = d_B/(d_A + d_B), λ = 1/√(r g), each exponential scaled to carry the whole current where the track
ends within reach. In a half space of resistivity ρ the potential of a piece of track is

    V(r) = ρ/(2π) · ∫ j dx / |r − r(x)|    in V,

integrated exactly over straight cells of 100 m. Both follow from the transmission-line theory of rails
(Sunde 1968, Earth Conduction Effects in Transmission Systems, chapters 5 and 8).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.synth.parameters import StationParameters
from sesctl.synth.railway import Railway
from sesctl.waveforms import project_field

Array = npt.NDArray[np.float64]

CELL_M = 100.0
GRID_M = 50.0


@dataclass(frozen=True, eq=False)
class LeakageTable:
    """Field of a unit current on each dipole, by the position of the train.

    Parameters
    ----------
    dry, wet : ndarray of float64, shape (dipole, position)
        mV/km per A for trains every `step_m` along the track, with dry ground and with twice the leakage.
    step_m : float
        Spacing of the positions in m.
    """

    dry: Array
    wet: Array
    step_m: float

    def at(self, position_m: Array, wetness: Array) -> Array:
        """Return the field per A, shape (dipole, sample), of trains at positions (sample,) in m.

        Parameters
        ----------
        position_m : ndarray of float64, shape (sample,)
            Distance along the track in m.
        wetness : ndarray of float64, shape (sample,)
            0 for dry ground, 1 for wet.
        """
        place = position_m / self.step_m
        left = np.clip(place.astype(np.int64), 0, self.dry.shape[1] - 2)
        right = place - left
        dry = self.dry[:, left] * (1 - right) + self.dry[:, left + 1] * right
        if not wetness.any():
            return dry
        wet = self.wet[:, left] * (1 - right) + self.wet[:, left + 1] * right
        return dry + wetness * (wet - dry)


def _places(railway: Railway, distances: Array) -> Array:
    """Return the (east, north) of distances along the track, shape (distance, 2), in m."""
    corners = np.asarray(railway.track, dtype=np.float64)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    return np.stack([np.interp(distances, along, corners[:, axis]) for axis in (0, 1)], axis=1)


def inverse_distance(edges: Array, places: Array) -> Array:
    """Return ∫ dx/|r − r(x)| over straight cells.

    With d the distance of r from the cell's line and s₁, s₂ the ends along it, the integral is
    asinh(s₂/d) − asinh(s₁/d).

    Parameters
    ----------
    edges : ndarray of float64, shape (cell + 1, 2)
        Ends of the cells in m.
    places : ndarray of float64, shape (place, 2)
        Electrodes in m.

    Returns
    -------
    ndarray of float64, shape (place, cell)
        Dimensionless.
    """
    start, step = edges[:-1], np.diff(edges, axis=0)
    length = np.hypot(step[:, 0], step[:, 1])
    unit = step / length[:, None]
    offset = places[:, None, :] - start
    along = np.einsum("pcx,cx->pc", offset, unit)
    # An electrode on the ballast would see an infinite potential: it is kept a metre away.
    across = np.maximum(np.abs(offset[..., 0] * unit[:, 1] - offset[..., 1] * unit[:, 0]), 1.0)
    return np.asarray(np.arcsinh((length - along) / across) + np.arcsinh(along / across))


def return_weights(substations_m: Array, positions_m: Array) -> Array:
    """Return the share of the current that each substation takes, shape (position, substation).

    The two neighbours of a train share it in inverse proportion to their distance; beyond the last
    substation there is only one.
    """
    weights = np.zeros((positions_m.size, substations_m.size))
    right = np.searchsorted(substations_m, positions_m)
    rows = np.arange(positions_m.size)
    last = substations_m.size - 1
    lower, upper = np.clip(right - 1, 0, last), np.clip(right, 0, last)
    gap = np.where(upper > lower, substations_m[upper] - substations_m[lower], 1.0)
    share = np.where(upper > lower, (positions_m - substations_m[lower]) / gap, 1.0)
    weights[rows, lower] = 1 - share
    weights[rows, upper] += share
    return weights


def _unit_field(railway: Railway, electrodes: Array, lengths: Array, rho: float, conductance: float) -> Array:
    """Return mV/km per A, shape (dipole, position), for electrodes of shape (dipole, end, 2)."""
    cells = max(2, round(railway.length_m / CELL_M))
    along = np.linspace(0.0, railway.length_m, cells + 1)
    middle, size = 0.5 * (along[1:] + along[:-1]), railway.length_m / cells
    edges = _places(railway, along)
    potential = [inverse_distance(edges, electrodes[:, end]) for end in (0, 1)]
    # V/m to mV/km is 10⁶.
    per_density = -1e6 * rho / (2 * np.pi) * (potential[1] - potential[0]) / lengths[:, None]

    reach = railway.leakage_length_m(conductance)

    def leaking(sources: Array) -> Array:
        density = np.exp(-np.abs(middle[:, None] - sources) / reach)
        return np.asarray(per_density @ (density / (density.sum(axis=0) * size)))

    positions = np.linspace(0.0, railway.length_m, max(2, round(railway.length_m / GRID_M)) + 1)
    substations = np.asarray(railway.substations_m, dtype=np.float64)
    returned = leaking(substations) @ return_weights(substations, positions).T
    return leaking(positions) - returned


def is_far(parameters: StationParameters, railway: Railway) -> bool:
    """Say whether a line is so far away that its field is one vector at the station.

    It is when its nearest point is more than three times as far from the middle of the array as any
    electrode is. Then the field is that at the middle, galvanically distorted like every distant source's.
    """
    electrodes = np.asarray([(one.east_m, one.north_m) for one in parameters.electrodes])
    middle = electrodes.mean(axis=0)
    radius = np.hypot(*(electrodes - middle).T).max()
    track = _places(railway, np.linspace(0.0, railway.length_m, 2 + round(railway.length_m / CELL_M)))
    return bool(np.hypot(*(track - middle).T).min() > 3 * radius)


def leakage_table(parameters: StationParameters, railway: Railway) -> LeakageTable:
    """Return what each dipole shows of a unit current anywhere on a line.

    Parameters
    ----------
    parameters : StationParameters
        The station.
    railway : Railway
        One of its lines.

    Returns
    -------
    LeakageTable
        mV/km per A.
    """
    ends = np.asarray([parameters.ends(dipole) for dipole in parameters.dipoles], dtype=np.float64)
    far = is_far(parameters, railway)
    electrodes = ends
    if far:
        middle = np.mean([(one.east_m, one.north_m) for one in parameters.electrodes], axis=0)
        # Two short dipoles at the middle, one to the north and one to the east, measure the field vector.
        arms = np.asarray([[[0.0, -50.0], [0.0, 50.0]], [[-50.0, 0.0], [50.0, 0.0]]])
        electrodes = middle + arms
    lengths = np.hypot(*(electrodes[:, 1] - electrodes[:, 0]).T)
    tables = []
    for conductance in (1.0, 2.0):
        table = _unit_field(railway, electrodes, lengths, parameters.soil.shallow_ohm_m, conductance)
        if far:
            directions = ends[:, 1] - ends[:, 0]
            azimuths = np.degrees(np.arctan2(directions[:, 0], directions[:, 1]))
            table = project_field(table, azimuths, parameters.soil.distortion)
        tables.append(table)
    return LeakageTable(dry=tables[0], wet=tables[1], step_m=railway.length_m / (tables[0].shape[1] - 1))
