"""Which readers there are: those of sesctl, then those that other packages bring."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from sesctl.errors import ParameterError, PluginError, ReadError
from sesctl.ingest.file_bytes import head_of
from sesctl.ingest.formats import FORMATS
from sesctl.ingest.nearest import nearest_name
from sesctl.plugin.guard import guarded
from sesctl.plugin.reader import ENTRY_POINT_GROUP, ReaderInfo


@cache
def _announced() -> dict[str, EntryPoint]:
    return {point.name: point for point in sorted(entry_points(group=ENTRY_POINT_GROUP))}


def format_names() -> tuple[str, ...]:
    """Return the names of all readers, without importing what other packages bring."""
    return (*FORMATS, *(name for name in _announced() if name not in FORMATS))


def find_reader(name: str) -> ReaderInfo:
    """Return the reader of a name.

    Raises
    ------
    ParameterError
        If there is none.
    PluginError
        If the package that brings it is broken, or takes the name of one of ours.
    """
    point = _announced().get(name)
    if point is None:
        if name in FORMATS:
            return FORMATS[name]
        msg = f"there is no reader of the format {name!r}"
        raise ParameterError(msg, nearest_name(name, format_names()))
    if name in FORMATS:
        msg = f"the reader {name!r} of {_source(point)} has the name of one of sesctl's own"
        raise PluginError(msg, "Uninstall it, or have it renamed.")
    return _load(point)


def recognised(path: Path) -> ReaderInfo | None:
    """Return the reader of a file, by its name and first bytes; None where none knows it.

    Raises
    ------
    ReadError
        If the file cannot be read, or no reader knows it and a package that brings one is broken.
    """
    head = head_of(path)
    for info in FORMATS.values():
        if info.recognises(path, head):
            return info
    broken = []
    for name, point in _announced().items():
        try:
            info = find_reader(name)
            with guarded(f"the reader {name!r} of {_source(point)} fails to look at {path.name}"):
                if info.recognises(path, head):
                    return info
        except PluginError as error:
            broken.append(error.message)
    if broken:
        msg = f"{path.name} is of no known format, and {broken[0]}"
        raise ReadError(msg, "Mend or uninstall that package, or name the format with --format.")
    return None


def is_foreign(info: ReaderInfo) -> bool:
    """Whether another package brings a reader."""
    return FORMATS.get(info.name) is not info


def identity_of(info: ReaderInfo) -> str:
    """Return a reader's name, and the package and version that it comes from where that is another's."""
    return f"{info.name} of {_source(_announced()[info.name])}" if is_foreign(info) else info.name


@cache
def _load(point: EntryPoint) -> ReaderInfo:
    where = f"the reader {point.name!r} of {_source(point)}"
    with guarded(f"{where} cannot be loaded"):
        info: object = point.load()
    if not isinstance(info, ReaderInfo):
        msg = f"{where} is a {type(info).__name__}, not a ReaderInfo"
        raise PluginError(msg, "See `sesctl.plugin.reader`.")
    if info.name != point.name:
        msg = f"{where} provides a reader named {info.name!r}, not {point.name!r}"
        raise PluginError(msg)
    return info


def _source(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value
