"""How often signals are found, and how often what is found is none: Table II, and what it leaves out."""

from typing import Any

from sesctl.benchmark.backgrounds import TEST, TRAINING, VALIDATION, lay
from sesctl.benchmark.passes import Pass, Subject, Trial, run_passes, trial
from sesctl.benchmark.scoring import point_scores, top1_scores, trace_scores
from sesctl.benchmark.signals import STRENGTHS, Strength, Unit, whole_station
from sesctl.benchmark.splits import Protocol, pool, shuffle, test_ground, validation_ground
from sesctl.benchmark.study import Study, guard
from sesctl.plugin import DetectorInfo

LEVELS = ("dipole", "station")


def run(study: Study, info: DetectorInfo, protocol: Protocol, station: str) -> dict[str, Any]:
    """Score both strengths on single dipoles and on the whole station.

    Under ``paper`` the best interval of each day alone counts, as there. Under ``honest`` every day is
    scanned twice, with its signal and without, and thresholds that keep budgets of false alarms are found on
    days of validation.
    """
    if protocol == "paper":
        return {strength.name: _paper(study, info, station, strength) for strength in STRENGTHS}
    return _honest(study, info, station)


def _paper(study: Study, info: DetectorInfo, station: str, strength: Strength) -> dict[str, Any]:
    scale = study.scale
    background = lay(pool(station, scale))
    subject = study.subject(info, "paper", station, strength)
    results: dict[str, Any] = {}
    for level, units in _levels(background.dipoles, scale.copies).items():
        dealt = shuffle(background, units, scale.most_pairs).test
        trials = [trial(background, unit, strength, TRAINING[0], starts) for unit, starts in dealt.items()]
        results[level] = _top1(study, subject, level, trials)
    results["leak"] = guard("paper", subject.learnt_from, background.origins())
    return results


def _honest(study: Study, info: DetectorInfo, station: str) -> dict[str, Any]:
    scale = study.scale
    test, chosen_on = lay(test_ground(station, scale)), lay(validation_ground(station, scale))
    # A detector that does not learn is the same for both strengths: its quiet days are scanned once.
    quiet: dict[tuple[Subject, str], tuple[list[Pass], list[Pass]]] = {}
    results: dict[str, Any] = {}
    for strength in STRENGTHS:
        subject = study.subject(info, "honest", station, strength)
        found: dict[str, Any] = {
            "leak": guard("honest", subject.learnt_from | chosen_on.origins(), test.origins())
        }
        for level, units in _levels(test.dipoles, 1).items():
            key = subject, level
            if key not in quiet:
                quiet[key] = (
                    run_passes(subject, [trial(chosen_on, unit, None, VALIDATION[0]) for unit in units]),
                    run_passes(subject, [trial(test, unit, None, TEST[0]) for unit in units]),
                )
            trials = [trial(test, unit, strength, TEST[0]) for unit in units]
            noisy = run_passes(subject, trials)
            calibrated, scored = quiet[key]
            found[level] = {
                "top1": top1_scores(subject, noisy, scale.replicates, by="hour"),
                **point_scores(subject, scored, noisy, calibrated, scale.replicates),
            }
            if level == "dipole":
                found[level]["traces"] = trace_scores(subject, trials, scale.trace_days)
        results[strength.name] = found
    return results


def _top1(study: Study, subject: Subject, level: str, trials: list[Trial]) -> dict[str, Any]:
    passes = run_passes(subject, trials)
    found: dict[str, Any] = {"top1": top1_scores(subject, passes, study.scale.replicates, by="hour")}
    if level == "dipole":
        found["traces"] = trace_scores(subject, trials[: study.scale.trace_days], 3)
    return found


def _levels(dipoles: tuple[str, ...], copies: int) -> dict[str, list[Unit]]:
    return {
        "dipole": [Unit(dipole=dipole, copy=copy) for copy in range(copies) for dipole in dipoles],
        "station": whole_station(copies),
    }
