"""The parts of a station's field: trains, natural field, machines, electrodes and recorder."""

import numpy as np

from sesctl.synth.induction import induced_field
from sesctl.synth.leakage import leakage_table
from sesctl.synth.magnetic import magnetic_field
from sesctl.synth.parameters import StationParameters
from sesctl.synth.recorder import electrode_potential, white_noise
from sesctl.synth.site import clock_sources, pumps, rain, tides
from sesctl.synth.span import Array, Span
from sesctl.synth.trains import train_field
from sesctl.waveforms import project_field
from sesctl.waveforms.projection import dipole_azimuths


def field_components(parameters: StationParameters, seed: int, span: Span) -> dict[str, Array]:
    """Return the parts whose sum the recorder sees.

    Parameters
    ----------
    parameters : StationParameters
        The station.
    seed : int
        Seed of the simulation.
    span : Span
        The days wanted.

    Returns
    -------
    dict of str to ndarray of float64
        ``trains``, ``natural``, ``machines``, ``electrodes``: shape (dipole, sample), mV/km; ``magnetic``:
        shape (2, sample), nT; ``recorder``: shape (dipole + 2, sample), in each channel's unit.
    """
    station = parameters.station()
    dipoles = station.dipoles
    azimuths = dipole_azimuths(dipoles)
    distortion = parameters.soil.distortion
    wetness, soaked = rain(parameters, seed, span)

    trains = np.zeros((len(dipoles), span.samples))
    for railway in parameters.railways:
        table = leakage_table(parameters, railway)
        trains += train_field(
            railway, table, seed=seed, timezone=parameters.timezone, span=span, wetness=wetness
        )

    wide = span.with_margin(1, 1)
    magnetic = magnetic_field(parameters.natural, seed, wide, parameters.longitude)
    regional = induced_field(magnetic, span, parameters.soil.deep_ohm_m) + tides(parameters, seed, span)
    machines = project_field(clock_sources(parameters, seed, span), azimuths, distortion)
    machines[parameters.site.pump_dipole] += pumps(parameters, seed, span)

    contact = {
        electrode.name: electrode_potential(parameters, electrode, seed, span, soaked)
        for electrode in parameters.electrodes
    }
    electrodes = np.stack(
        # mV over m, times 1000, is mV/km.
        [-1000 * (contact[d.electrodes[1]] - contact[d.electrodes[0]]) / (d.length_m or 1.0) for d in dipoles]
    )
    return {
        "trains": trains,
        "natural": project_field(regional, azimuths, distortion),
        "machines": machines,
        "electrodes": electrodes,
        "magnetic": magnetic[:, span.per_day : -span.per_day],
        "recorder": white_noise(parameters, seed, span),
    }
