"""Stations as JSON, and the version that says which rules a stored file follows."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from sesctl.errors import ArchiveError, SesctlError
from sesctl.types import Channel, Dipole, Station

FORMAT = "sesctl-archive"
VERSION = 1

Level = Literal["archive", "station", "samples"]


def read_attributes(path: Path, level: Level) -> dict[str, Any]:
    """Return the attributes of a group of ours.

    Parameters
    ----------
    path : Path
        The group's folder.
    level : {"archive", "station", "samples"}
        What the group must be.

    Raises
    ------
    ArchiveError
        If it is no Zarr group, not ours, of another level or of another version.
    OSError
        If it cannot be read.
    """
    hint = "Name the folder that `sesctl ingest --to` or `sesctl synth --to` made."
    try:
        attributes = json.loads((path / "zarr.json").read_bytes())["attributes"]
        found, version = attributes["format"], attributes["version"]
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{path} is not an archive: its zarr.json does not name the format {FORMAT}"
        raise ArchiveError(msg, hint) from error
    if found != FORMAT:
        msg = f"{path} is not an archive: its zarr.json names the format {found!r}, not {FORMAT!r}"
        raise ArchiveError(msg, hint)
    if version != VERSION:
        msg = f"{path} has version {version!r} of the archive format, only version {VERSION} is known here"
        raise ArchiveError(msg, "Use the release of sesctl that wrote it, or a newer one.")
    if attributes.get("level") != level:
        msg = f"{path} is the level {attributes.get('level')!r} of an archive, not {level!r}"
        raise ArchiveError(msg, "Name the archive's own folder, above its stations.")
    return dict(attributes)


def group_document(level: Level, attributes: Mapping[str, Any] | None = None) -> bytes:
    """Return the ``zarr.json`` of a Zarr v3 group of ours."""
    own = {"format": FORMAT, "version": VERSION, "level": level, **(attributes or {})}
    return json.dumps({"zarr_format": 3, "node_type": "group", "attributes": own}, indent=2).encode()


def station_to_json(station: Station) -> dict[str, Any]:
    """Return a station as what JSON can hold."""
    return {
        "name": station.name,
        "latitude": station.latitude,
        "longitude": station.longitude,
        "timezone": station.timezone,
        "channels": [_channel_to_json(channel) for channel in station.channels],
    }


def _channel_to_json(channel: Channel) -> dict[str, Any]:
    common = {"name": channel.name, "quantity": channel.quantity, "unit": channel.unit}
    if not isinstance(channel, Dipole):
        return {"kind": "channel", **common}
    return {
        "kind": "dipole",
        **common,
        "length_m": channel.length_m,
        "azimuth_deg": channel.azimuth_deg,
        "electrodes": list(channel.electrodes),
    }


def station_from_json(stored: Mapping[str, Any], path: Path) -> Station:
    """Return the station that `station_to_json` described.

    Parameters
    ----------
    stored : mapping
        The station as JSON.
    path : Path
        Where it was found, for the error.

    Raises
    ------
    ArchiveError
        If it is no such description.
    """
    try:
        channels = tuple(_channel_from_json(channel) for channel in stored["channels"])
        return Station(**{**stored, "channels": channels})
    except (KeyError, TypeError, AttributeError, SesctlError) as error:
        msg = f"{path} does not describe its station as an archive does ({error})"
        raise ArchiveError(msg, "Its zarr.json has been changed; restore it from a copy.") from error


def _channel_from_json(stored: Mapping[str, Any]) -> Channel:
    fields = {name: value for name, value in stored.items() if name != "kind"}
    if stored["kind"] == "dipole":
        return Dipole(**{**fields, "electrodes": tuple(fields["electrodes"])})
    if stored["kind"] == "channel":
        return Channel(**fields)
    msg = f"a channel is of the unknown kind {stored['kind']!r}"
    raise ArchiveError(msg)


def difference(archived: Station, given: Station) -> str:
    """Say how two stations of the same name differ, in a few words; empty where they do not."""
    ours, theirs = station_to_json(archived), station_to_json(given)
    channels = [
        (f"channel {a['name']}", a, b) for a, b in zip(ours["channels"], theirs["channels"], strict=False)
    ]
    names = [[channel.name for channel in station.channels] for station in (archived, given)]
    if names[0] != names[1]:
        return f"channels {', '.join(names[0])}, not {', '.join(names[1])}"
    for what, a, b in [("station", ours, theirs), *channels]:
        for field in dict.fromkeys([*a, *b]):
            if field != "channels" and a.get(field) != b.get(field):
                return f"the {what}'s {field} {a.get(field)!r}, not {b.get(field)!r}"
    return ""
