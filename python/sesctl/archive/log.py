"""The folder of a station's own lists, such as remarks: an empty array, for other readers of Zarr.

They take a file that stands in a group for an error; into the folder of an array they do not look.
"""

import json
from pathlib import Path

from sesctl.archive import durable

LOG = "log"
"""The folder's name; no group of samples has it, since these begin with a number."""

_DOCUMENT = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [0],
    "data_type": "bool",
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [1]}},
    "chunk_key_encoding": {"name": "default", "configuration": {"separator": "."}},
    "fill_value": False,
    "codecs": [{"name": "bytes"}],
    "attributes": {},
    "storage_transformers": [],
}


def add_to_log(path: Path, content: bytes, at: int) -> None:
    """Write at a position of one of a station's lists, cutting off what stood behind it.

    The folder and the list are made if need be; all is on disk when this returns.

    Parameters
    ----------
    path : Path
        The list, in the folder `LOG`.
    content : bytes
        Its new lines.
    at : int
        The position in bytes.

    Raises
    ------
    OSError
        If something cannot be written.
    """
    if not (path.parent / "zarr.json").exists():
        durable.make_folder(path.parent)
        durable.replace(path.parent / "zarr.json", json.dumps(_DOCUMENT, indent=2).encode())
    if not path.exists():
        durable.replace(path, b"")
    durable.append(path, content, at=at)
