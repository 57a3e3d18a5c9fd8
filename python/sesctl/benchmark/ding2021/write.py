"""Tables and pictures beside the files of results that they are drawn from."""

from pathlib import Path
from typing import Any

from sesctl.benchmark.ding2021.pictures import draw_pictures
from sesctl.benchmark.ding2021.tables import render_tables
from sesctl.benchmark.result_file import read_results
from sesctl.catalogue.whole import write_whole


def results_of(folder: Path, scale: str) -> tuple[list[dict[str, Any]], int]:
    """Return the results of a scale in a folder, and how many there are of others: they share no table.

    Raises
    ------
    ReadError
        If a file in the folder is no result.
    """
    results = read_results(folder)
    shown = [each for each in results if each["parameters"]["scale"]["name"] == scale]
    return shown, len(results) - len(shown)


def write_outputs(folder: Path, scale: str) -> dict[str, str]:
    """Write ``tables.md`` and the pictures of a folder of results; return the tables, Markdown by name.

    Parameters
    ----------
    folder : Path
        Holds the results, and takes what is drawn of them.
    scale : str
        Name of the scale whose results are shown.

    Raises
    ------
    ReadError
        If a file in the folder is no result.
    OutputError
        If something cannot be written.
    """
    results, _ = results_of(folder, scale)
    tables = render_tables(results)
    text = "\n\n".join(tables.values()) + "\n"
    write_whole(folder / "tables.md", lambda file: file.write(text.encode()))
    draw_pictures(results, folder)
    return tables
