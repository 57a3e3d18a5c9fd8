"""Instants and lengths of time: int64 microseconds, UTC, counted from 1970-01-01."""

import datetime as dt
import re
import zoneinfo

from sesctl.errors import ParameterError

SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def microseconds(seconds: float, name: str) -> int:
    """Return a positive length of time as a whole number of microseconds.

    Parameters
    ----------
    seconds : float
        Length in s.
    name : str
        What it is, for the error.

    Returns
    -------
    int
        Length in µs.

    Raises
    ------
    ParameterError
        If it is not positive and finite, or not a whole number of microseconds.
    """
    whole = round(seconds * SECOND) if 0 < seconds < 1e10 else 0
    if whole <= 0 or abs(whole / SECOND - seconds) > 1e-9 * seconds:
        msg = f"{name} is {seconds} s, which is not a positive whole number of microseconds"
        raise ParameterError(
            msg,
            "Give the sampling interval in seconds, for example 10 or 0.1.",
        )
    return whole


def iso(instant: int) -> str:
    """Return an instant (µs UTC) as ISO 8601 with Z, without a fraction where there is none."""
    moment = EPOCH + dt.timedelta(microseconds=instant)
    return moment.replace(tzinfo=None).isoformat() + "Z"


def from_iso(text: str) -> int:
    """Return the instant (µs UTC) that an ISO 8601 text with an offset or Z names.

    Raises
    ------
    ParameterError
        If the text is no such time.
    """
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        msg = f"{text!r} is not an ISO 8601 time ({error})"
        raise ParameterError(msg) from error
    if moment.tzinfo is None:
        msg = f"{text!r} has no offset from UTC"
        raise ParameterError(msg, "Write it with Z or +09:00.")
    return (moment - EPOCH) // dt.timedelta(microseconds=1)


def day_offset(text: str) -> int:
    """Return the fixed offset from UTC at which days begin, µs east of it.

    Parameters
    ----------
    text : str
        ``UTC``, an offset such as ``+09:00``, or an IANA zone, whose standard time is taken: days never
        change their length with the clocks.

    Raises
    ------
    ParameterError
        If the text names no offset.
    """
    match = re.fullmatch(r"([+-])(\d{2}):?(\d{2})", text)
    if match:
        sign, hours, minutes = match.groups()
        offset = (int(hours) * 60 + int(minutes)) * 60 * SECOND
        if int(hours) <= 14 and int(minutes) < 60:
            return offset if sign == "+" else -offset
    try:
        zone = zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"{text!r} is no offset from UTC and no time zone"
        raise ParameterError(msg, "Write +09:00 or Asia/Tokyo.") from error
    winter = dt.datetime(2020, 1, 1, tzinfo=zone)
    standard = (winter.utcoffset() or dt.timedelta()) - (winter.dst() or dt.timedelta())
    return standard // dt.timedelta(microseconds=1)


def date_start(text: str, offset: int) -> int:
    """Return the instant (µs UTC) at which a day, written YYYY-MM-DD, begins at an offset in µs from UTC.

    Raises
    ------
    ParameterError
        If the text is no date.
    """
    try:
        date = dt.date.fromisoformat(text)
    except ValueError as error:
        msg = f"{text!r} is no date ({error})"
        raise ParameterError(msg, "Write it as 2020-01-31.") from error
    return (date - EPOCH.date()).days * DAY - offset
