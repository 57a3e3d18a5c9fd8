"""Tables and pictures beside the files of results that they are drawn from."""

from pathlib import Path

from sesctl.benchmark.pictures import draw_pictures
from sesctl.benchmark.result_file import read_results
from sesctl.benchmark.tables import render_tables
from sesctl.catalogue.whole import write_whole


def write_outputs(folder: Path) -> dict[str, str]:
    """Write ``tables.md`` and the pictures of a folder of results.

    Parameters
    ----------
    folder : Path
        Holds the results; all of them are shown, those of earlier runs too.

    Returns
    -------
    dict of str to str
        The tables, Markdown by name.

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
    text = "\n\n".join(f"## {name}\n\n{table}" for name, table in tables.items()) + "\n"
    write_whole(path, lambda file: file.write(text.encode()))
    draw_pictures(results, folder)
    return tables
