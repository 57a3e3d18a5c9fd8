"""What a training shows while it runs: a live table on a terminal, a line an epoch elsewhere."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Group

COLUMNS = {
    "loss": ("loss", "{:.4g}", 1.0),
    "validation_loss": ("validation loss", "{:.4g}", 1.0),
    "accuracy": ("accuracy", "{:.1f} %", 100.0),
    "validation_accuracy": ("validation accuracy", "{:.1f} %", 100.0),
    "test_accuracy": ("test accuracy", "{:.1f} %", 100.0),
    "test_loss": ("test loss", "{:.4g}", 1.0),
    "validation_success": ("success", "{:.1f} %", 100.0),
    "validation_rmspe": ("RMSPE", "{:.4g} %", 1.0),
    "onset_bias_s": ("onset error", "{:+.0f} s", 1.0),
    "days_per_s": ("days/s", "{:.0f}", 1.0),
}
"""Figures that are known, with heading, format and factor; others are shown by their names."""
HIDDEN = ("epoch", "step_s", "wall_s")
SHOWN_EPOCHS = 12
PLAIN_LINE_EVERY_S = 30.0


class TrainingView:
    """Takes steps and epochs, and knows how they read.

    Parameters
    ----------
    what : str
        What is being trained.
    seconds : float
        Budget of wall time in s, infinite for none.
    """

    def __init__(self, what: str, seconds: float) -> None:
        self.what, self.seconds = what, seconds
        self.epochs: list[Mapping[str, float]] = []
        self.done = self.total = 0
        self.began = time.monotonic()
        self._first: int | None = None
        self._first_at = self.began

    def step(self, done: int, total: int) -> None:
        """Take the steps done and their number."""
        if self._first is None:  # an earlier run may have done some; and in this one the network is compiled
            self._first, self._first_at = done, time.monotonic()
        self.done, self.total = done, total

    def epoch(self, figures: Mapping[str, float]) -> None:
        """Take an epoch's figures."""
        self.epochs.append(figures)

    def time_left(self) -> float | None:
        """Return the time left in s; None while nothing is known."""
        if self._first is None or self.done == self._first:
            return None
        now = time.monotonic()
        left = (now - self._first_at) / (self.done - self._first) * (self.total - self.done)
        before = self.epochs[-1].get("wall_s", now - self.began) if self.epochs else now - self.began
        return max(0.0, min(left, self.seconds - before))

    def cells(self, figures: Mapping[str, float]) -> dict[str, str]:
        """Return an epoch's figures as they are shown, by heading."""
        cells = {}
        for name, value in figures.items():
            if name not in HIDDEN:
                heading, form, factor = COLUMNS.get(name, (name.replace("_", " "), "{:.4g}", 1.0))
                cells[heading] = form.format(factor * value)
        return cells

    def line(self, figures: Mapping[str, float]) -> str:
        """Return an epoch as one line."""
        number = int(figures.get("epoch", len(self.epochs)))
        told = ", ".join(f"{heading} {text}" for heading, text in self.cells(figures).items())
        return f"epoch {number}: {told}{self._left(', about {} left')}"

    def table(self) -> "Group":
        """Return the last epochs and how far the steps are, for a terminal."""
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        parts: list[Any] = []
        if self.epochs:
            table = Table(box=None, pad_edge=False, header_style="bold")
            headings = ["epoch", *self.cells(self.epochs[-1])]
            for heading in headings:
                table.add_column(heading, justify="right")
            for number, figures in list(enumerate(self.epochs, 1))[-SHOWN_EPOCHS:]:
                cells = self.cells(figures)
                first = str(int(figures.get("epoch", number)))
                table.add_row(first, *(cells.get(each, "") for each in headings[1:]))
            parts.append(table)
        parts.append(Text(f"{self.what}: {self.done} of {self.total or '?'} steps{self._left(', {} left')}"))
        parts.append(ProgressBar(total=self.total or 1, completed=self.done, width=60))
        return Group(*parts)

    def _left(self, form: str) -> str:
        left = self.time_left()
        return form.format(duration(left)) if left is not None else ""


@contextmanager
def training_view(what: str, seconds: float, quiet: bool) -> Iterator[TrainingView]:
    """Show a training: live on a terminal, as lines elsewhere, not at all where it is to be quiet.

    Parameters
    ----------
    what : str
        What is being trained.
    seconds : float
        Budget of wall time in s, infinite for none.
    quiet : bool
        Show nothing.

    Yields
    ------
    TrainingView
        To be told of steps and epochs.
    """
    if quiet:
        yield TrainingView(what, seconds)
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.live import Live

        view = TrainingView(what, seconds)
        live = Live(
            get_renderable=view.table, console=Console(stderr=True), refresh_per_second=4, transient=True
        )
        with live:
            yield view
    else:
        yield _Lines(what, seconds)


class _Lines(TrainingView):
    """A line an epoch, and one now and then within a long one."""

    def __init__(self, what: str, seconds: float) -> None:
        super().__init__(what, seconds)
        self._told = self.began

    def step(self, done: int, total: int) -> None:
        super().step(done, total)
        if time.monotonic() - self._told >= PLAIN_LINE_EVERY_S:
            self._tell(f"{self.what}: {done} of {total} steps{self._left(', about {} left')}")

    def epoch(self, figures: Mapping[str, float]) -> None:
        super().epoch(figures)
        self._tell(self.line(figures))

    def _tell(self, text: str) -> None:
        self._told = time.monotonic()
        print(text, file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    """Return a length of time as people say it: ``40 s``, ``12 min``, ``3 h 20 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
