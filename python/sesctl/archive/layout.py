"""What an archive's folders hold when they are new."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from zarr.codecs import ZstdCodec
from zarr.storage import LocalStore

from sesctl.archive import durable
from sesctl.archive.key import GroupKey
from sesctl.archive.metadata import group_document, station_to_json
from sesctl.errors import ArchiveError, ParameterError
from sesctl.types import Quality, Station
from sesctl.types.instants import DAY

# The day axis has its whole length from the start: no writer ever has to change the shape under a reader.
DAYS = 65_536
"""Number of days an archive has room for, 1970-01-01 to 2149-06-06."""

ARRAYS = ("quality", "values")
"""The arrays with a shard a day, in the order of writing."""

STAGED = "staged"
"""Folder within an array where new shards wait for their commit."""

COMMITTED = "committed"
"""The array that tells any reader of Zarr which days exist; the journal stands in its folder."""

JOURNAL = "journal.jsonl"

# Measured fields have few distinct values (an instrument's counts, a file's decimals): at a resolution of
# 1 µV/km plain Zstandard makes days 1.6 times smaller, behind a bit shuffle only 1.3 times.
_COMPRESSOR = ZstdCodec(level=2, checksum=True)

# Flat names: one folder an array, so that one sync makes all the names of a commit durable.
_NAMES: Any = {"name": "default", "separator": "."}


def new_group(
    archive: Path, key: GroupKey, station: Station, provenance: Mapping[str, Any], samples: int
) -> Path:
    """Make the folders of a group; after a crash there is a whole one or none.

    Parameters
    ----------
    archive : Path
        The archive's folder.
    key : GroupKey
        Names the group.
    station : Station
        Its station.
    provenance : mapping
        How its samples were made, as JSON can hold it.
    samples : int
        Number of samples a day.

    Returns
    -------
    Path
        The group's folder.

    Raises
    ------
    ArchiveError
        If the station's name is that of a file of the archive.
    ParameterError
        If the provenance is not JSON.
    OSError
        If the folders cannot be made.
    """
    if key.station == "zarr.json":
        msg = "a station named zarr.json cannot be archived: that is a file of every archive"
        raise ArchiveError(msg, "Give the station another name.")
    attributes = {
        "station": station_to_json(station),
        "interval_us": key.interval_us,
        "provenance": as_json(provenance),
    }
    place = archive / key.path
    durable.make_folder(place.parent)
    if not (place.parent / "zarr.json").exists():
        durable.replace(place.parent / "zarr.json", group_document("station"))
    new = place.with_name(f".{place.name}.new")
    if new.exists():
        shutil.rmtree(new)
    new.mkdir()
    (new / "zarr.json").write_bytes(group_document("samples", attributes))
    _new_arrays(new, station, samples)
    durable.sync_tree(new)
    durable.rename(new, place)
    durable.sync(place.parent)
    return place


def as_json(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a mapping as JSON gives it back.

    Raises
    ------
    ParameterError
        If it holds something that JSON cannot.
    """
    try:
        return dict(json.loads(json.dumps(dict(provenance), allow_nan=False)))
    except (TypeError, ValueError) as error:
        msg = f"the provenance of a record cannot be written as JSON ({error})"
        raise ParameterError(msg) from error


def _new_arrays(folder: Path, station: Station, samples: int) -> None:
    store = LocalStore(folder)
    channels = len(station.channels)
    units = {channel.unit for channel in station.channels}
    shared: Any = {
        "shape": (DAYS, channels, samples),
        "chunks": (1, 1, samples),
        "shards": (1, channels, samples),
        "compressors": [_COMPRESSOR],
        "chunk_key_encoding": _NAMES,
        "dimension_names": ("day", "channel", "sample"),
    }
    zarr.create_array(
        store,
        name="values",
        dtype="float32",
        fill_value=np.nan,
        attributes={"units": units.pop()} if len(units) == 1 else {},
        **shared,
    )
    zarr.create_array(
        store,
        name="quality",
        dtype="uint8",
        fill_value=int(Quality.GAP),
        attributes={
            "flag_masks": [int(bit) for bit in Quality],
            "flag_meanings": " ".join(str(bit.name).lower() for bit in Quality),
        },
        **shared,
    )
    zarr.create_array(
        store,
        name=COMMITTED,
        shape=(DAYS,),
        chunks=(DAYS,),
        dtype="bool",
        fill_value=False,
        chunk_key_encoding=_NAMES,
        dimension_names=("day",),
    )
    day = zarr.create_array(
        store,
        name="day",
        shape=(DAYS,),
        chunks=(DAYS,),
        dtype="int32",
        # Day 0 is a date like any other, so the fill value must be none of them.
        fill_value=-1,
        chunk_key_encoding=_NAMES,
        dimension_names=("day",),
        attributes={
            "standard_name": "time",
            "units": "days since 1970-01-01",
            "calendar": "proleptic_gregorian",
        },
    )
    day[:] = np.arange(DAYS, dtype=np.int32)
    zarr.create_array(
        store,
        name="channel",
        data=np.array([channel.name for channel in station.channels], dtype=np.dtypes.StringDType()),
        chunk_key_encoding=_NAMES,
        dimension_names=("channel",),
    )
    for array in ARRAYS:
        (folder / array / STAGED).mkdir()
    (folder / COMMITTED / JOURNAL).touch()


def samples_a_day(interval_us: int) -> int:
    """Return the number of samples a day.

    Raises
    ------
    ArchiveError
        If a day is no whole number of sampling intervals.
    """
    if DAY % interval_us:
        msg = f"a day is no whole number of sampling intervals of {interval_us / 1e6} s"
        raise ArchiveError(msg, "Resample the record to an interval that divides 24 h.")
    return DAY // interval_us
