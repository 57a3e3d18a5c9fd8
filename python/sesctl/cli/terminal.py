"""What goes to the terminal: tables to stdout, progress and notes to stderr."""

import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

PLAIN_LINE_EVERY_S = 10.0
NARROWEST, UNBOUNDED = 60, 100_000


class Report(Protocol):
    """Is told how far a piece of work is."""

    def __call__(self, done: int, total: int, more: str = "", /) -> None:
        """Show the number done of the total, and what else there is to say."""


def printable(text: str) -> str:
    """Return a text on one line, whatever characters a path or a file brought in."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", lambda control: repr(control[0])[1:-1], text)


def counted(number: int, what: str) -> str:
    """Return how many there are of something: ``1 day``, ``2 days``."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table to stdout, as wide as it needs where nobody watches."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, box=None, pad_edge=False, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    console = Console(highlight=False)
    console.width = max(console.width, NARROWEST) if sys.stdout.isatty() else UNBOUNDED
    console.print(table)


def note(text: str, quiet: bool) -> None:
    """Say something to people, on stderr."""
    if not quiet:
        print(f"note: {printable(text)}", file=sys.stderr)


@contextmanager
def progress(what: str, unit: str, quiet: bool) -> Iterator[Report]:
    """Show how far a piece of work is: a bar on a terminal, now and then a line elsewhere.

    Parameters
    ----------
    what : str
        What is being done.
    unit : str
        What is counted, in the plural.
    quiet : bool
        Show nothing.

    Yields
    ------
    callable
        Takes the number done, the total and, if there is more to say, what.
    """
    if quiet:
        yield lambda done, total, more="": None
    elif sys.stderr.isatty():
        with _bar(what, unit) as report:
            yield report
    else:
        yield _lines(what, unit)


@contextmanager
def _bar(what: str, unit: str) -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TextColumn("{task.fields[more]}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as shown:
        task = shown.add_task(what, total=None, more="", rate="")
        began = time.monotonic()

        def report(done: int, total: int, more: str = "") -> None:
            rate = done / max(time.monotonic() - began, 1e-3)
            told = f"{rate:.{0 if rate >= 10 else 1}f} {unit}/s"
            shown.update(task, completed=done, total=total, more=more, rate=told)

        yield report


def _lines(what: str, unit: str) -> Report:
    began = last = time.monotonic()

    def report(done: int, total: int, more: str = "") -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= PLAIN_LINE_EVERY_S and done < total:
            last = now
            left = f", about {(now - began) / done * (total - done):.0f} s left" if done else ""
            told = f"{done} of {total} {unit}" + (f", {more}" if more else "")
            print(f"{what}: {told}{left}", file=sys.stderr)

    return report
