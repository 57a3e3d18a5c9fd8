"""Success by amplitude and by duration, one at a time: Figs. 8 and 9."""

from typing import Any

from sesctl.benchmark.backgrounds import TEST, Background, lay
from sesctl.benchmark.passes import Trial, run_passes, trial
from sesctl.benchmark.scoring import top1_scores
from sesctl.benchmark.signals import STRENGTHS, Strength, Unit
from sesctl.benchmark.splits import Protocol, pool, test_ground
from sesctl.benchmark.study import Study, guard
from sesctl.plugin import DetectorInfo

AMPLITUDES = (6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0)
DURATIONS = (10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 50.0)
MINUTES, AMPLITUDE = 25.0, 15.0


def run(study: Study, info: DetectorInfo, protocol: Protocol, station: str) -> dict[str, Any]:
    """Score 16 test sets of single dipoles, the days dealt out to the dipoles in turn.

    Eight have amplitudes of 6 to 30 mV/km at 25 min, eight durations of 10 to 50 min at 15 mV/km. A detector
    that learns is trained for each strength, one that does not is scored once. Under ``paper`` the days are
    those of training, as there.
    """
    ground = (pool if protocol == "paper" else test_ground)(station, study.scale)
    background = lay(ground)
    starts = background.starts[: study.scale.figure_days]
    results: dict[str, Any] = {"days_a_set": len(starts)}
    for trained in STRENGTHS if info.trainable else STRENGTHS[:1]:
        subject = study.subject(info, protocol, station, trained)
        results["leak"] = guard(protocol, subject.learnt_from, background.origins(starts))
        name = f"trained_{trained.name}" if info.trainable else "untrained"
        results[name] = [
            {
                "amplitude_mv_km": strength.amplitude[0],
                "duration_min": strength.minutes[0],
                **top1_scores(
                    subject,
                    run_passes(subject, _trials(background, strength, len(starts))),
                    study.scale.replicates,
                ),
            }
            for strength in sets()
        ]
    return results


def sets() -> list[Strength]:
    """Return the 16 strengths, amplitudes first."""
    by_amplitude = [(amplitude, MINUTES) for amplitude in AMPLITUDES]
    by_duration = [(AMPLITUDE, minutes) for minutes in DURATIONS]
    return [
        Strength(
            name=f"{amplitude:g} mV/km, {minutes:g} min", amplitude=(amplitude,) * 2, minutes=(minutes,) * 2
        )
        for amplitude, minutes in by_amplitude + by_duration
    ]


def _trials(background: Background, strength: Strength, days: int) -> list[Trial]:
    count = len(background.dipoles)
    return [
        trial(
            background,
            Unit(dipole=dipole, copy=0),
            strength,
            TEST[0],
            background.starts[:days][number::count],
        )
        for number, dipole in enumerate(background.dipoles)
        if number < days
    ]
