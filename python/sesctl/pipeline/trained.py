"""Who is told how a training goes, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass

from sesctl.models import ModelFolder
from sesctl.pipeline.training_card import Figures


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Who is told how training goes.

    Parameters
    ----------
    steps : callable
        Is told the steps done and their number.
    note : callable
        Is told, in a sentence, of what had to be done otherwise than asked for, and of an earlier training
        that is taken up.
    epoch : callable
        Is given the figures of each epoch.
    """

    steps: Callable[[int, int], None] = lambda done, total: None
    note: Callable[[str], None] = lambda text: None
    epoch: Callable[[Figures], None] = lambda figures: None


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What came of it.

    Parameters
    ----------
    model : ModelFolder
        The model.
    epochs : tuple of mapping
        Every epoch's figures; empty where the detector told none.
    best : int
        Number of the epoch kept, 0 where none was chosen.
    rows : (int, int)
        Rows learnt from and rows that chose.
    was_there : bool
        Whether the same model had been trained before.
    """

    model: ModelFolder
    epochs: tuple[Figures, ...]
    best: int
    rows: tuple[int, int]
    was_there: bool = False


def as_it_was(model: ModelFolder, rows: tuple[int, int]) -> Trained:
    """Return what a model that is there already says of its training."""
    history = model.about.get("history", [])
    best = model.about.get("best_epoch", 0)
    return Trained(model=model, epochs=tuple(history), best=best, rows=rows, was_there=True)
