"""Stations of which nothing was ever learnt: the second honest test, where the station is the unit."""

from collections import defaultdict
from typing import Any

from sesctl.benchmark.backgrounds import TEST, TRAINING, VALIDATION, Background, Ground, lay
from sesctl.benchmark.passes import Pass, Subject, run_pass, trial
from sesctl.benchmark.scoring import point_scores, top1_scores
from sesctl.benchmark.signals import STRENGTHS, Strength, Unit, single_dipoles, whole_station
from sesctl.benchmark.splits import FIRST_DAY, Protocol
from sesctl.benchmark.study import Study, guard, units_of, untrained, whole_shares
from sesctl.benchmark.training import Share, embed_days, learn
from sesctl.plugin import DetectorInfo
from sesctl.types import Origin
from sesctl.waveforms.embedded import EmbeddedDays

RANDOM = "random"


def run(study: Study, info: DetectorInfo, protocol: Protocol, station: str) -> dict[str, Any]:
    """Score a detector on stations drawn at random, that learns, if it does, on other ones.

    Geometry, soil, railways, timetable and noise of each station follow from its seed, so that no two have
    anything in common but the laws of physics. Intervals draw stations first.
    """
    scale = study.scale
    chosen = [(seed, "calibrated") for seed in VALIDATION[: scale.validation_stations]]
    tested = [(seed, "quiet") for seed in TEST[: scale.test_stations]]
    subjects = {strength: _subject(study, info, protocol, station, strength) for strength in STRENGTHS}
    passes: dict[tuple[Strength, str, str], list[Pass]] = defaultdict(list)
    origins: dict[str, set[Origin]] = defaultdict(set)
    for seed, purpose in chosen + tested:
        background = _station(station, seed, scale.days_a_station)
        origins[purpose] |= background.origins()
        for level, units in _levels(background).items():
            for unit in units:
                quiet = trial(background, unit, None, seed)
                found: dict[Subject, Pass] = {}
                for strength, subject in subjects.items():
                    # A detector that does not learn is the same for both strengths, and passed once.
                    if subject not in found:
                        found[subject] = run_pass(subject, quiet)
                    passes[strength, level, purpose].append(found[subject])
                    if purpose == "quiet":
                        noisy = trial(background, unit, strength, TEST[0])
                        passes[strength, level, "noisy"].append(run_pass(subject, noisy))
    return {
        strength.name: {
            "leak": guard(protocol, subject.learnt_from | origins["calibrated"], origins["quiet"]),
            "stations": scale.test_stations,
            **{
                level: {
                    "top1": top1_scores(
                        subject,
                        passes[strength, level, "noisy"],
                        scale.replicates,
                        by="station",
                        drawn="station",
                    ),
                    **point_scores(
                        subject,
                        passes[strength, level, "quiet"],
                        passes[strength, level, "noisy"],
                        passes[strength, level, "calibrated"],
                        scale.replicates,
                        drawn="station",
                    ),
                }
                for level in ("dipole", "station")
            },
        }
        for strength, subject in subjects.items()
    }


def _subject(
    study: Study, info: DetectorInfo, protocol: Protocol, station: str, strength: Strength
) -> Subject:
    given = study.given(info)
    if given or not info.trainable:
        return given or untrained(info)
    scale = study.scale

    def shares(seeds: range, copies: int) -> list[Share]:
        backgrounds = [_station(station, seed, scale.days_a_station) for seed in seeds]
        return [
            share
            for each in backgrounds
            for share in whole_shares(each, units_of(info, each, copies), seeds[0])
        ]

    def sets() -> tuple[EmbeddedDays, EmbeddedDays]:
        return (
            embed_days(shares(TRAINING[: scale.training_stations], scale.copies), strength, info),
            embed_days(shares(VALIDATION[: scale.validation_stations], 1), strength, info),
        )

    return learn(
        info,
        sets,
        study.model_folder(info, protocol, station, strength.name),
        study.made_from(info, protocol, station, strength),
    )


def _station(station: str, seed: int, days: int) -> Background:
    return lay(Ground(station=station, seed=seed, first_day=FIRST_DAY, days=days))


def _levels(background: Background) -> dict[str, list[Unit]]:
    return {"dipole": single_dipoles(background), "station": whole_station()}
