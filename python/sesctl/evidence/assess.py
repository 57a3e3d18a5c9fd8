"""Every test of an event, in the order they are shown in."""

from collections.abc import Callable

from sesctl.evidence import (
    clock_replica,
    electrode,
    far_field,
    hour_rank,
    induction,
    lengths,
    magnetic_edges,
    other_stations,
    shape,
    simultaneity,
    train_azimuth,
    weather,
)
from sesctl.evidence.measure import Measured, measure
from sesctl.evidence.surroundings import Surroundings
from sesctl.types import Evidence, Finding

ITEMS: dict[str, Callable[[Surroundings, Measured], Finding]] = {
    far_field.ITEM: far_field.judge_far_field,
    lengths.ITEM: lengths.judge_lengths,
    simultaneity.ITEM: simultaneity.judge_simultaneity,
    clock_replica.ITEM: clock_replica.judge_clock_replica,
    train_azimuth.ITEM: train_azimuth.judge_train_azimuth,
    magnetic_edges.ITEM: magnetic_edges.judge_magnetic_edges,
    induction.ITEM: induction.judge_induction,
    hour_rank.ITEM: hour_rank.judge_hour_rank,
    shape.EDGES: shape.judge_edges,
    shape.BASELINE: shape.judge_baseline,
    electrode.ITEM: electrode.judge_electrode,
    other_stations.ITEM: other_stations.judge_other_stations,
    weather.KP: weather.judge_kp,
    weather.RAIN: weather.judge_rain,
}
"""The tests by name."""


def assess(surroundings: Surroundings) -> Evidence:
    """Return the evidence on an event: the finding of every test, and the event's field.

    Whatever a test needs and has not makes it not testable, with the reason; it is no error.

    Parameters
    ----------
    surroundings : Surroundings
        The event and the records it is judged by.
    """
    measured = measure(surroundings)
    findings = tuple(judge(surroundings, measured) for judge in ITEMS.values())
    if measured.field is None:
        return Evidence(findings=findings)
    return Evidence(findings=findings, north=float(measured.field[0]), east=float(measured.field[1]))
