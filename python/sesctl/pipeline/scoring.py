"""A catalogue file against a truth table."""

from pathlib import Path

from sesctl.catalogue import read_events, read_truth
from sesctl.evaluate import Evaluation, evaluate
from sesctl.report import ClassScores, ScoresView

CLASSES = {
    "amplitude_mv_km": "amplitude (mV/km)",
    "duration_min": "duration (min)",
    "hour": "hour of the day",
}


def evaluate_files(
    events: Path, truth: Path, *, day_offset: int | None, replicates: int, seed: int
) -> Evaluation:
    """Score an events file.

    Parameters
    ----------
    events : Path
        As `sesctl detect -o` writes it, its metadata beside it.
    truth : Path
        Truth table.
    day_offset : int or None
        Offset from UTC in µs at which days and hours begin; that of the scan by default.
    replicates, seed : int
        Of the bootstrap.

    Returns
    -------
    Evaluation
        All scores. The file keeps the score 0..1 alone, which stands for the raw score.

    Raises
    ------
    SesctlError
        If a file cannot be read, or names a station that was not scanned.
    """
    return evaluate(
        read_events(events), read_truth(truth), day_offset=day_offset, replicates=replicates, seed=seed
    )


def scores_view(evaluation: Evaluation) -> ScoresView:
    """Return what the pictures of an evaluation show."""
    overall = evaluation.overall
    # A class of strength without a signal is not worth a bar; an hour without one is.
    seen = {
        kind: {
            label: tally
            for label, tally in evaluation.groups[kind].items()
            if tally.n_truth or kind == "hour"
        }
        for kind in CLASSES
    }
    nothing = (float("nan"), float("nan"))
    return ScoresView(
        detector=evaluation.detector,
        false_alarms=evaluation.curve.false_alarms_per_station_day,
        recall=evaluation.curve.recall,
        success=evaluation.curve.success,
        operating=(overall.false_alarms_per_station_day, overall.recall),
        bound=evaluation.bound.value,
        classes={
            title: ClassScores(
                labels=list(seen[kind]),
                n_truth=[tally.n_truth for tally in seen[kind].values()],
                success=[tally.success for tally in seen[kind].values()],
                intervals=[tally.intervals.get("success", nothing) for tally in seen[kind].values()],
            )
            for kind, title in CLASSES.items()
        },
        edges_s=evaluation.timing.edges_s,
        onset=evaluation.timing.onset,
        end=evaluation.timing.end,
        blind_labels=evaluation.blind.labels,
        blind=evaluation.blind.success,
    )
