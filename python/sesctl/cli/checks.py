"""What is refused before any work is done."""

from pathlib import Path


def check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be written; nothing is made yet."""
    import tempfile

    from sesctl.errors import OutputError

    try:
        nearest = next(each for each in (folder, *folder.absolute().parents) if each.exists())
        with tempfile.NamedTemporaryFile(dir=nearest, prefix=".sesctl-"):
            pass
    except OSError as error:
        msg = f"the folder {folder} cannot be written ({error.strerror})"
        raise OutputError(msg, "Name a folder that is writable, or can be made.") from error


def check_apart(output: Path, source: Path) -> None:
    """Refuse to write over the record, into an archive, or where the output would be read as the record."""
    import os

    from sesctl.archive import is_archive
    from sesctl.errors import OutputError

    # A source that may not be looked at is refused by its reader, who says why.
    if output.exists() and os.path.exists(source) and output.samefile(source):  # noqa: PTH110
        msg = f"{output} is the record itself"
        raise OutputError(msg, "Name another file.")
    _check_no_archive(output)
    among = output.suffix == ".csv" and os.path.isdir(source) and not is_archive(source)  # noqa: PTH112
    if among and output.parent.samefile(source):
        msg = f"{output} lies in the folder {source}, whose CSV files are read as the record"
        raise OutputError(msg, "Name a file elsewhere.")


def check_calibration(to: Path) -> None:
    """Refuse a file that is none for a calibration, or cannot be written."""
    import tempfile

    from sesctl.errors import OutputError

    if to.suffix != ".json":
        msg = f"{to}: a calibration ends in .json, not in {to.suffix!r}"
        raise OutputError(msg, "Choose this ending.")
    _check_no_archive(to)
    if to.is_dir():
        msg = f"{to} is a folder"
        raise OutputError(msg, "Name a file.")
    try:
        with tempfile.NamedTemporaryFile(dir=to.parent, prefix=".sesctl-"):
            pass
    except OSError as error:
        msg = f"{to} cannot be written ({error.strerror})"
        raise OutputError(msg, "Choose a folder that exists and is writable.") from error


def check_evidence(wanted: bool, kp: Path | None, rain: Path | None) -> None:
    """Refuse files of Kp or rain that cannot be read, or with which nothing would be done."""
    from sesctl.errors import ParameterError
    from sesctl.evidence import read_series

    for option, path in (("--kp", kp), ("--rain", rain)):
        if path and not wanted:
            msg = f"{option} is given without --evidence, which alone uses it"
            raise ParameterError(msg, f"Add --evidence, or leave {option} out.")
        if path:
            read_series(path)


def _check_no_archive(output: Path) -> None:
    """Refuse a file among the stations of an archive."""
    from sesctl.archive import is_archive
    from sesctl.errors import OutputError

    if is_archive(output.parent):
        msg = f"{output} lies in the archive {output.parent}"
        raise OutputError(msg, "Name a file elsewhere.")
