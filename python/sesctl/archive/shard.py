"""The bytes of a shard, as the sharding codec of Zarr v3 lays them out.

Zarr encodes chunk by chunk through an event loop, which takes as long again as the compression. What is made
here is the same, byte for byte.
"""

from typing import Any

import google_crc32c
import numpy as np
import numpy.typing as npt
from numcodecs.zstd import compress

_ABSENT = np.uint64(2**64 - 1)
"""Offset and length of a chunk that holds its fill value alone, and so is left out."""


def encode_shard(block: npt.NDArray[Any], fill_value: Any, level: int) -> bytes:
    """Return the shard of a block, each row of which is a chunk.

    The chunks stand one after the other, each compressed by Zstandard with a checksum; then the index, offset
    and length of each chunk as little-endian uint64, and the index's CRC-32C [Zarr v3 specification,
    sharding codec 1.0].

    Parameters
    ----------
    block : ndarray of float32 or uint8, shape (channel, sample)
        One day.
    fill_value : float or int
        What stands where there is no chunk.
    level : int
        Level of the compression.
    """
    index = np.full((len(block), 2), _ABSENT, dtype="<u8")
    chunks, end = [], 0
    for row, samples in enumerate(block):
        if not _holds_only(samples, fill_value):
            little = samples.astype(samples.dtype.newbyteorder("<"), order="C", copy=False)
            chunks.append(compress(little, level, checksum=True))
            index[row] = end, len(chunks[-1])
            end += len(chunks[-1])
    table = index.tobytes()
    return b"".join([*chunks, table, google_crc32c.value(table).to_bytes(4, "little")])


def shard_level(metadata: dict[str, Any]) -> int | None:
    """Return the level of compression of an array whose shards `encode_shard` makes; None for another's.

    Parameters
    ----------
    metadata : dict
        The array's ``zarr.json``.
    """
    shape = metadata["shape"]
    if len(shape) != 3 or metadata["chunk_grid"]["configuration"]["chunk_shape"] != [1, *shape[1:]]:
        return None
    (codec,) = metadata["codecs"] if len(metadata["codecs"]) == 1 else (None,)
    little = {"name": "bytes", "configuration": {"endian": "little"}}
    if not codec or codec["name"] != "sharding_indexed":
        return None
    inner = codec["configuration"]
    as_bytes, *packed = inner["codecs"]
    if (
        inner["chunk_shape"] != [1, 1, shape[2]]
        or inner["index_codecs"] != [little, {"name": "crc32c"}]
        or inner.get("index_location", "end") != "end"
        or as_bytes not in ([little, {"name": "bytes"}] if metadata["data_type"] == "uint8" else [little])
        or [each["name"] for each in packed] != ["zstd"]
        or not packed[0]["configuration"].get("checksum")
    ):
        return None
    return int(packed[0]["configuration"]["level"])


def _holds_only(samples: npt.NDArray[Any], fill_value: Any) -> bool:
    if fill_value != fill_value:  # noqa: PLR0124  # only NaN differs from itself
        return bool(np.isnan(samples).all())
    return bool((samples == fill_value).all())
