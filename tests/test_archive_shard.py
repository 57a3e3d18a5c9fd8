"""Shards are Zarr's own, byte for byte, and other arrays are left to Zarr."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sesctl.archive import GroupKey, create_or_open
from sesctl.archive.scratch import Scratch
from sesctl.archive.shard import shard_level
from sesctl.types import Dipole, Record, Station
from sesctl.types.instants import DAY

ROWS, CHANNELS, SAMPLES = 4, 2, 24


@pytest.fixture(scope="module")
def group(tmp_path_factory):
    """Return the folder of a group with days of two channels of 24 samples."""
    path = tmp_path_factory.mktemp("archive") / "a"
    station = Station(name="hkb", channels=(Dipole(name="NS"), Dipole(name="EW")))
    values = np.ones((CHANNELS, SAMPLES), dtype=np.float32)
    with create_or_open(path) as archive:
        archive.write(Record(station=station, values=values, start=16_000 * DAY, interval=3600.0))
    return path / GroupKey("hkb", 3_600_000_000).path


@st.composite
def blocks(draw, dtype):
    size = ROWS * CHANNELS * SAMPLES
    seed = draw(st.integers(0, 2**32 - 1))
    numbers = np.random.default_rng(seed).normal(scale=10, size=size).round(draw(st.integers(0, 3)))
    block = numbers.astype(dtype) if dtype == np.float32 else np.abs(numbers).astype(np.uint8)
    block = block.reshape(ROWS, CHANNELS, SAMPLES)
    for row, channel in draw(st.sets(st.tuples(st.integers(0, ROWS - 1), st.integers(0, CHANNELS - 1)))):
        block[row, channel] = np.nan if dtype == np.float32 else 1
    block[:, 0, 0] = 5  # a day that is committed has a value
    return block


@pytest.mark.parametrize(("name", "dtype"), [("values", np.float32), ("quality", np.uint8)])
def test_shards_are_byte_for_byte_what_zarr_makes_and_come_back(group, name, dtype):
    ours, zarrs = Scratch(group / name, ROWS), Scratch(group / name, ROWS)
    assert ours._level is not None
    zarrs._level = None

    @settings(max_examples=30, deadline=None)
    @given(block=blocks(dtype))
    def same(block):
        shards = ours.encode(block)
        assert shards == zarrs.encode(block)
        np.testing.assert_array_equal(ours.decode(shards), block)
        np.testing.assert_array_equal(ours.decode([shards[0], *shards[:3]]), block[[0, 0, 1, 2]])

    same()


@pytest.mark.parametrize(
    "change",
    [
        lambda codec: codec["configuration"]["codecs"].append({"name": "crc32c"}),
        lambda codec: codec["configuration"]["codecs"].pop(),
        lambda codec: codec["configuration"]["codecs"][1]["configuration"].update(checksum=False),
        lambda codec: codec["configuration"].update(index_location="start"),
        lambda codec: codec["configuration"]["index_codecs"].pop(),
        lambda codec: codec["configuration"].update(chunk_shape=[1, CHANNELS, SAMPLES]),
        lambda codec: codec.update(name="zstd"),
    ],
)
def test_an_array_of_other_codecs_is_left_to_zarr(group, change):
    metadata = json.loads((group / "values" / "zarr.json").read_bytes())
    assert shard_level(metadata) == 2
    change(metadata["codecs"][0])
    assert shard_level(metadata) is None
    assert shard_level(json.loads((group / "committed" / "zarr.json").read_bytes())) is None
