"""Stations of which nothing was ever learnt: the second honest test, where the station is the unit."""

from typing import Any

from sesctl import registry
from sesctl.benchmark.backgrounds import TEST, TRAINING, VALIDATION, Background, Ground, lay
from sesctl.benchmark.passes import Pass, Subject, run_pass, trial
from sesctl.benchmark.scoring import point_scores, top1_scores
from sesctl.benchmark.signals import STRENGTHS, Strength, Unit, single_dipoles, whole_station
from sesctl.benchmark.splits import FIRST_DAY, Protocol
from sesctl.benchmark.study import Study, guard, units_of, whole_shares
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
    return {strength.name: _score(study, info, protocol, strength) for strength in STRENGTHS}


def _score(study: Study, info: DetectorInfo, protocol: Protocol, strength: Strength) -> dict[str, Any]:
    scale = study.scale
    subject = _subject(study, info, protocol, strength)
    origins: dict[str, set[Origin]] = {"chosen": set(), "test": set()}
    passes: dict[str, dict[str, list[Pass]]] = {
        level: {"calibrated": [], "quiet": [], "noisy": []} for level in ("dipole", "station")
    }
    for seed in VALIDATION[: scale.validation_stations]:
        background = _station(seed, scale.days_a_station)
        origins["chosen"] |= background.origins()
        for level, units in _levels(background).items():
            passes[level]["calibrated"] += [
                run_pass(subject, trial(background, unit, None, VALIDATION[0])) for unit in units
            ]
    for seed in TEST[: scale.test_stations]:
        background = _station(seed, scale.days_a_station)
        origins["test"] |= background.origins()
        for level, units in _levels(background).items():
            for name, signals in (("quiet", None), ("noisy", strength)):
                passes[level][name] += [
                    run_pass(subject, trial(background, unit, signals, TEST[0])) for unit in units
                ]
    return {
        "leak": guard(protocol, subject.learnt_from | origins["chosen"], origins["test"]),
        "stations": scale.test_stations,
        **{
            level: {
                "top1": top1_scores(subject, each["noisy"], scale.replicates, by="station", drawn="station"),
                **point_scores(
                    subject, each["quiet"], each["noisy"], each["calibrated"], scale.replicates, drawn="station"
                ),
            }
            for level, each in passes.items()
        },
    }


def _subject(study: Study, info: DetectorInfo, protocol: Protocol, strength: Strength) -> Subject:
    if not info.trainable:
        return Subject(info=info, detector=registry.make(info))
    scale = study.scale

    def shares(seeds: range, copies: int) -> list[Share]:
        backgrounds = [_station(seed, scale.days_a_station) for seed in seeds]
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
        study.model_folder(info, protocol, RANDOM, strength.name),
        study.made_from(info, protocol, RANDOM, strength),
    )


def _station(seed: int, days: int) -> Background:
    return lay(Ground(station=RANDOM, seed=seed, first_day=FIRST_DAY, days=days))


def _levels(background: Background) -> dict[str, list[Unit]]:
    return {"dipole": single_dipoles(background), "station": whole_station()}
