"""Shards as bytes: an array in memory with the codecs of one on disk."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import zarr
from zarr.buffer import cpu
from zarr.storage import MemoryStore

from sesctl.archive.shard import encode_shard, shard_level
from sesctl.errors import ArchiveError


class Scratch:
    """Turns blocks of an array into the bytes of its shards, and back.

    Zarr's own store puts files in their places without forcing them to disk. The archive needs the bytes in
    hand: to hash them, force them to disk, and choose when they take their place.

    Parameters
    ----------
    array : Path
        Folder of the array on disk, whose ``zarr.json`` names the codecs.
    rows : int
        The longest block along the first axis.

    Raises
    ------
    ArchiveError
        If the array's metadata cannot be understood.
    OSError
        If they cannot be read.
    """

    def __init__(self, array: Path, rows: int) -> None:
        try:
            metadata = json.loads((array / "zarr.json").read_bytes())
            metadata["shape"][0] = rows
            document = cpu.Buffer.from_bytes(json.dumps(metadata).encode())
            self._level = shard_level(metadata)
            self._chunks: dict[str, Any] = {"zarr.json": document}
            self._array = zarr.open_array(MemoryStore(self._chunks), mode="r+")
        except (ValueError, KeyError, TypeError, IndexError) as error:
            msg = f"the metadata of {array} is not that of an archive's array ({error})"
            raise ArchiveError(msg, "Its zarr.json has been changed; restore it from a copy.") from error
        shards = self._array.shards or self._array.chunks
        self._rows_a_shard = shards[0]
        self._suffix = ".0" * (len(shards) - 1)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one row."""
        return tuple(self._array.shape[1:])

    def encode(self, block: npt.NDArray[Any]) -> list[bytes]:
        """Return the shards of a block, each with some value other than the fill value."""
        if self._level is not None:
            return [encode_shard(row, self._array.fill_value, self._level) for row in block]
        self._array[: len(block)] = block
        return [self._chunks.pop(key).to_bytes() for key in self._keys(-(-len(block) // self._rows_a_shard))]

    def decode(self, shards: Sequence[bytes]) -> npt.NDArray[Any]:
        """Return the block that shards of one row each hold; equal ones are decoded once."""
        rows = {shard: row for row, shard in enumerate(dict.fromkeys(shards))}
        keys = self._keys(len(rows))
        self._chunks.update(zip(keys, map(cpu.Buffer.from_bytes, rows), strict=True))
        block = np.asarray(self._array[: len(rows)])
        for key in keys:
            del self._chunks[key]
        return block if len(rows) == len(shards) else block[[rows[shard] for shard in shards]]

    def _keys(self, count: int) -> list[str]:
        return [f"c.{index}{self._suffix}" for index in range(count)]
