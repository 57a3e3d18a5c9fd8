"""A trained network on the next year's record, before and after learning some of it: Figs. 10 and 11."""

from typing import Any

from sesctl.benchmark.backgrounds import TEST, Background, lay
from sesctl.benchmark.passes import Subject, Trial, run_passes, trial
from sesctl.benchmark.scoring import top1_scores
from sesctl.benchmark.signals import STRONG, Unit, single_dipoles
from sesctl.benchmark.splits import EMBARGO_DAYS, Protocol, shuffle, test_ground
from sesctl.benchmark.study import Study, guard, paper_shares, units_of
from sesctl.benchmark.training import Share, embed_days, learn
from sesctl.plugin import DetectorInfo
from sesctl.types import Origin
from sesctl.waveforms.embedded import EmbeddedDays

TRANSFERRED = "transfer"
"""What the model of a study is called that went on to learn from the next year."""


def run(study: Study, info: DetectorInfo, protocol: Protocol, station: str) -> dict[str, Any]:
    """Score a detector that learns on single dipoles of the next year, without transfer and after it.

    Under ``paper`` the copies of all days are shuffled before they are dealt out, as there. Under ``honest``
    the first three tenths of the year are learnt from, the next is chosen on, and what is left after an
    embargo is scored; both before and after the transfer on the same days.
    """
    scale = study.scale
    year = lay(test_ground(station, scale))
    units = single_dipoles(year, scale.copies if protocol == "paper" else 1)
    if protocol == "paper":
        dealt = shuffle(year, units, scale.most_pairs, TEST[0]).test
        trials = [trial(year, unit, STRONG, TEST[0], starts) for unit, starts in dealt.items()]
        shares = paper_shares(info, year, scale, TEST[0])
    else:
        learnt, chosen = 3 * scale.test_days // 10, 4 * scale.test_days // 10
        scored = year.starts[chosen + EMBARGO_DAYS + 1 :]
        trials = [trial(year, unit, STRONG, TEST[0], scored) for unit in units]
        learning = units_of(info, year, scale.copies)
        shares = (
            [_share(year, unit, slice(0, learnt)) for unit in learning],
            [_share(year, unit, slice(learnt, chosen)) for unit in units_of(info, year, 1)],
        )

    def sets() -> tuple[EmbeddedDays, EmbeddedDays]:
        return embed_days(shares[0], STRONG, info), embed_days(shares[1], STRONG, info)

    before = study.subject(info, protocol, station, STRONG)
    after = study.given(info, TRANSFERRED) if f"{info.name}/{TRANSFERRED}" in study.models else None
    after = after or learn(
        info,
        sets,
        study.model_folder(info, protocol, station, "transfer"),
        {**study.made_from(info, protocol, station, STRONG), "transfer_from": before.model},
        start_from=study.start_from(info, protocol, station, STRONG),
    )
    return {
        "without_transfer": _scores(study, before, protocol, trials),
        "after_transfer": _scores(study, after, protocol, trials),
    }


def _share(year: Background, unit: Unit, days: slice) -> Share:
    return Share(background=year, unit=unit, starts=year.starts[days], first_seed=TEST[0])


def _scores(study: Study, subject: Subject, protocol: Protocol, trials: list[Trial]) -> dict[str, Any]:
    tested: set[Origin] = set().union(*(each.background.origins(each.starts) for each in trials))
    return {
        "leak": guard(protocol, subject.learnt_from, tested),
        **top1_scores(subject, run_passes(subject, trials), study.scale.replicates),
    }
