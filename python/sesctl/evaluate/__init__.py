"""Scores of traces and catalogues against the truth, with what is known of their certainty.

`evaluate` does all for one catalogue: `judge` decides what became of every truth and every event,
`summarise` turns that into scores. Passes over the same days are judged one by one and put together by
`join`; `compare` sets two detectors side by side.
"""

from sesctl.evaluate.bootstrap import Unit
from sesctl.evaluate.bound import FalseAlarmBound, false_alarm_bound, fano_factor, poisson_bound
from sesctl.evaluate.compare import Comparison, Difference, compare
from sesctl.evaluate.evaluation import Evaluation, evaluate, summarise
from sesctl.evaluate.groups import Classes
from sesctl.evaluate.judge import judge
from sesctl.evaluate.outcomes import Events, LiveTime, Outcomes, State, Truths, join
from sesctl.evaluate.pictures import BlindTime, Curve, TimingErrors
from sesctl.evaluate.tally import Tally
from sesctl.evaluate.traces import mae, rmse, rmspe

__all__ = [
    "BlindTime",
    "Classes",
    "Comparison",
    "Curve",
    "Difference",
    "Evaluation",
    "Events",
    "FalseAlarmBound",
    "LiveTime",
    "Outcomes",
    "State",
    "Tally",
    "TimingErrors",
    "Truths",
    "Unit",
    "compare",
    "evaluate",
    "false_alarm_bound",
    "fano_factor",
    "join",
    "judge",
    "mae",
    "poisson_bound",
    "rmse",
    "rmspe",
    "summarise",
]
