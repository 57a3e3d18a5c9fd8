"""Units of an electric channel in a file, and what makes mV/km of them.

The sign in the file is taken as the field's own: a logger that stores the potential of the second
electrode minus that of the first holds -E L, since E = -(V2 - V1)/L, and needs ``polarity = -1``.
"""

from sesctl.errors import StationError

_FIELD = {"mV/km": 1.0, "uV/m": 1.0, "uV/km": 1e-3, "nV/m": 1e-3, "mV/m": 1e3, "V/km": 1e3, "V/m": 1e6}
_VOLTAGE = {"nV": 1e-6, "uV": 1e-3, "mV": 1.0, "V": 1e3}
COUNTS = "counts"
# Two characters look like a micro sign: U+00B5 (micro) and U+03BC (Greek mu).
_MICRO = str.maketrans({"\u00b5": "u", "\u03bc": "u"})


def field_factor(
    *, dipole: str, unit: str, scale: float | None, polarity: int, length_m: float | None
) -> float:
    """Return the factor that makes mV/km of a file's value.

    A field: polarity * scale * (unit in mV/km). A voltage V in mV:
    E = polarity * scale * V / (length_m / 1000). Counts: the scale is mV per count.

    Parameters
    ----------
    dipole : str
        Name of the dipole, for the error.
    unit : str
        Unit of the file's value times the scale: a field (``mV/km``, ``uV/m``, ...), a voltage (``uV``,
        ``mV``, ``V``, ...) or ``counts``. A micro sign may be written as u or as either of its characters.
    scale : float or None
        Multiplies the file's value to give the unit; None is 1, except for counts, which need one.
    polarity : int
        +1, or -1 where the electrodes are connected the other way round.
    length_m : float or None
        Distance of the electrodes in m; a voltage needs it.

    Returns
    -------
    float
        mV/km per unit of the file's value.

    Raises
    ------
    StationError
        If the unit is unknown, or something it needs is missing.
    """
    plain = unit.translate(_MICRO)
    if plain in _FIELD:
        return polarity * (1.0 if scale is None else scale) * _FIELD[plain]
    if plain not in _VOLTAGE and plain != COUNTS:
        known = ", ".join((*_FIELD, *_VOLTAGE, COUNTS))
        msg = f"dipole {dipole} has the unknown unit {unit!r}"
        raise StationError(msg, f"Known are {known}.")
    if plain == COUNTS and scale is None:
        msg = f"dipole {dipole} is in counts and has no scale"
        raise StationError(msg, "Give `scale`, the mV of one count.")
    if length_m is None:
        msg = f"dipole {dipole} is in {unit}, a voltage, and has no length_m"
        raise StationError(msg, "Give the distance of its electrodes in m, or a unit such as mV/km.")
    millivolts = (1.0 if scale is None else scale) * _VOLTAGE.get(plain, 1.0)
    return polarity * millivolts / (length_m / 1000)
