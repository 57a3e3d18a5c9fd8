"""Results as files: one JSON a part, whole or not at all, skipped by a rerun that would make the same."""

import json
import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import sesctl
from sesctl.errors import OutputError, ReadError

FORMAT = 1


def read_result(path: Path) -> dict[str, Any] | None:
    """Return what a file holds, or None where there is none.

    Raises
    ------
    ReadError
        If the file holds anything but a result.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read ({error})"
        raise ReadError(msg, "Delete it, and the part is run anew.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        msg = f"{path} is no result of format {FORMAT}"
        raise ReadError(msg, "Delete it, and the part is run anew.")
    return content


def read_results(folder: Path) -> list[dict[str, Any]]:
    """Return all results in a folder, in order of their file names."""
    return [content for path in sorted(folder.glob("*.json")) if (content := read_result(path)) is not None]


def write_result(path: Path, content: Mapping[str, Any]) -> None:
    """Write a result with the versions and the hardware it was made with.

    Raises
    ------
    OutputError
        If it cannot be written; an old file stays.
    """
    whole = {"format": FORMAT, **content, "versions": versions(), "hardware": hardware()}
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("x", encoding="utf-8") as file:
                json.dump(whole, file, indent=1, ensure_ascii=False, allow_nan=False)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror})"
        raise OutputError(msg) from error


def versions() -> dict[str, str]:
    """Return the versions of what computed."""
    return {
        "sesctl": sesctl.__version__,
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "scipy": version("scipy"),
    }


def hardware() -> dict[str, str | int | None]:
    """Return what it ran on."""
    return {"cpu": _cpu(), "machine": platform.machine(), "cores": os.cpu_count()}


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
