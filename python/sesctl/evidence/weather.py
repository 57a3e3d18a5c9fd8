"""What the Earth's magnetic field and the sky did meanwhile: Kp and rain."""

from sesctl.evidence.judging import judged, untestable
from sesctl.evidence.measure import Measured
from sesctl.evidence.surroundings import Surroundings
from sesctl.types import Finding, Verdict
from sesctl.types.instants import DAY

KP, RAIN = "kp", "rain"
KP_THRESHOLD = 4.0
RAIN_THRESHOLD = 1.0


def judge_kp(surroundings: Surroundings, measured: Measured) -> Finding:
    """Take the largest Kp during the event; from 4 on the field is disturbed."""
    if surroundings.kp is None:
        return untestable(KP, "no Kp was given")
    values = surroundings.kp.within(surroundings.event.start, surroundings.event.end)
    if values is None:
        return untestable(KP, "the Kp given does not cover the event")
    value = float(values.max())
    if value >= KP_THRESHOLD:
        return judged(KP, Verdict.FAIL, value, KP_THRESHOLD, "largest Kp during the event: disturbed")
    return judged(KP, Verdict.PASS, value, KP_THRESHOLD, "largest Kp during the event: calm")


def judge_rain(surroundings: Surroundings, measured: Measured) -> Finding:
    """Sum the rain from a day before the event to its end; electrodes answer to wet ground."""
    if surroundings.rain is None:
        return untestable(RAIN, "no rain was given")
    values = surroundings.rain.within(surroundings.event.start - DAY, surroundings.event.end)
    if values is None:
        return untestable(RAIN, "the rain given does not cover the day before the event")
    value, text = float(values.sum()), "rain from a day before to the end of the event"
    if value >= RAIN_THRESHOLD:
        return judged(RAIN, Verdict.FAIL, value, RAIN_THRESHOLD, f"{text}: wet", "mm")
    return judged(RAIN, Verdict.PASS, value, RAIN_THRESHOLD, f"{text}: dry", "mm")
