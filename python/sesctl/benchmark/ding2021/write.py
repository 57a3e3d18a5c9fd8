"""Tables and pictures beside the files of results that they are drawn from."""

from pathlib import Path

from sesctl.benchmark.ding2021.pictures import draw_pictures
from sesctl.benchmark.ding2021.tables import render_tables
from sesctl.benchmark.result_file import read_results
from sesctl.errors import OutputError


def write_outputs(folder: Path) -> dict[str, str]:
    """Write ``tables.md`` and the pictures of a folder of results; return the tables, Markdown by name.

    Raises
    ------
    ReadError
        If a file in the folder is no result.
    OutputError
        If something cannot be written.
    """
    results = read_results(folder)
    tables = render_tables(results)
    path = folder / "tables.md"
    try:
        path.write_text("\n\n".join(tables.values()) + "\n", encoding="utf-8")
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror})"
        raise OutputError(msg) from error
    draw_pictures(results, folder)
    return tables
