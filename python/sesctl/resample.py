"""Bring a record to a longer sampling interval."""

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import scipy.signal
import scipy.special

from sesctl.errors import ParameterError
from sesctl.types import Quality, Record
from sesctl.types.instants import iso, microseconds

PASSBAND = 0.8
"""End of the passband, in units of the new Nyquist frequency; the stopband begins at 1."""
_ATTENUATION_DB = 70.0  # by design; 60 are promised
_BETA = 0.1102 * (_ATTENUATION_DB - 8.7)
# Half the filter's length in output intervals. Kaiser: taps - 1 = (A - 7.95) / (2.285 Δω), where the
# transition Δω from 0.8 to 1 of the new Nyquist frequency is 0.2 π input / output.
_HALF_LENGTH = math.ceil((_ATTENUATION_DB - 7.95) / (2.285 * (1 - PASSBAND) * math.pi) / 2)
_LEAST_WEIGHT = 0.5
_BLOCK = 4096  # output samples worked on together: bounds the memory in double precision

_FEW = 64  # output samples that are quicker by plain products than by a polyphase filter


def resample(record: Record, interval: float) -> Record:
    """Bring a record to a longer sampling interval, without aliasing or delay.

    Each output sample is a weighted mean around its instant; the weights are a low-pass, a sinc under a
    Kaiser window, flat to 0.8 of the new Nyquist frequency and at least 60 dB down from 1 on. It reaches
    22 output intervals to either side. Over gaps and at the ends the mean is of the samples there are
    (normalised convolution): y(t) = Σ h(t_k - t) w_k x_k / Σ h(t_k - t) w_k, with w_k = 1 where there is
    a sample and else 0; where less than half of the weight is present, the output is NaN. A local offset
    is taken off first and put back, so that an electrode offset of hundreds of mV/km costs no precision.

    Output instants are whole multiples of the interval since 1970-01-01 UTC, whatever the record's start;
    any ratio of intervals of at least 1 is allowed (4 s to 10 s). At an equal interval nothing is filtered
    or interpolated: a record off these instants is moved as a whole to the nearest ones, by at most half
    an interval.

    Parameters
    ----------
    record : Record
        The record, float32 (channel, sample), NaN in gaps.
    interval : float
        Sampling interval in s of the result.

    Returns
    -------
    Record
        The record at the new interval. A sample's quality has the bits of all samples within half an
        output interval of it.

    Raises
    ------
    ParameterError
        If the interval is shorter than the record's, is no whole number of µs, or has no instant within the
        record.

    References
    ----------
    .. [1] J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", Proc.
       IEEE Int. Symp. Circuits and Systems, 1974.
    .. [2] H. Knutsson and C.-F. Westin, "Normalized and differential convolution", Proc. IEEE CVPR, 1993.
    """
    old, new = record.interval_us, microseconds(interval, "the sampling interval")
    if new < old:
        msg = (
            f"the record of station {record.station.name} is sampled every {record.interval:g} s, which "
            f"makes no samples every {interval:g} s"
        )
        raise ParameterError(msg, f"Ask for {record.interval:g} s or more.")
    if new == old:
        nearest = (record.start + old // 2) // old * old
        return record if nearest == record.start else replace(record, start=nearest)
    first, last = -(-record.start // new), (record.end - old) // new
    if last < first:
        msg = (
            f"the record of station {record.station.name} from {iso(record.start)} to {iso(record.end)} "
            f"holds no whole multiple of {interval:g} s"
        )
        raise ParameterError(msg, "Read a longer record, or ask for a shorter interval.")
    values = np.empty((len(record.values), last - first + 1), dtype=np.float32)
    for block in range(first, last + 1, _BLOCK):
        until = min(block + _BLOCK, last + 1)
        for row, samples in enumerate(record.values):
            values[row, block - first : until - first] = _block(record, samples, new, block, until)
    return replace(
        record,
        values=values,
        start=first * new,
        interval=interval,
        quality=_quality(record, new, first, last),
    )


def _block(
    record: Record, samples: npt.NDArray[np.float32], new: int, first: int, until: int
) -> npt.NDArray[np.float64]:
    """Return the output samples number first to until, counted from 1970."""
    old, reach = record.interval_us, _HALF_LENGTH * new
    begin = max(0, (first * new - reach - record.start) // old)
    end = min(len(samples), ((until - 1) * new + reach - record.start) // old + 2)
    within = samples[begin:end].astype(np.float64)
    present = ~np.isnan(within)
    result = np.full(until - first, np.nan)
    if not present.any():
        return result
    offset = within[present].mean()
    within = np.where(present, within - offset, 0.0)
    weight = present.astype(np.float64)
    # Output instants fall on this many different places between two input samples.
    phases = old // math.gcd(old, new)
    for phase in range(min(phases, until - first)):
        # Offsets are from the sample begin on; centre is the last input sample not after the output.
        centre, after = divmod((first + phase) * new - record.start - begin * old, old)
        half = reach // old + 1
        places = np.arange(-half, half + 1, dtype=np.int64) * old - after
        taps = _low_pass(places / new)
        total = _strided(weight, taps, centre - half, phases * new // old, len(result[phase::phases]))
        summed = _strided(within, taps, centre - half, phases * new // old, len(result[phase::phases]))
        enough = total >= _LEAST_WEIGHT
        np.divide(summed, total, out=summed, where=enough)
        result[phase::phases] = np.where(enough, summed + offset, np.nan)
    return result


def _low_pass(places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the weights, of sum 1, at places given in output intervals from the output's instant."""
    inside = np.clip(1 - (places / _HALF_LENGTH) ** 2, 0, None)
    window = np.where(np.abs(places) <= _HALF_LENGTH, scipy.special.i0(_BETA * np.sqrt(inside)), 0.0)
    taps = np.sinc((1 + PASSBAND) / 2 * places) * window
    return np.asarray(taps / taps.sum())


def _strided(
    samples: npt.NDArray[np.float64], taps: npt.NDArray[np.float64], first: int, step: int, count: int
) -> npt.NDArray[np.float64]:
    """Return Σ_j taps[j] samples[first + i step + j] for i < count; there is nothing beyond the samples."""
    end = first + (count - 1) * step + len(taps)
    inside = samples[max(0, first) : max(0, end)]
    before, after = max(0, -first), max(0, end - len(samples))
    if count <= _FEW:  # also where a strange ratio gives each output sample its own taps
        rows = np.lib.stride_tricks.sliding_window_view(np.pad(inside, (before, after)), len(taps))[::step]
        return np.asarray(rows @ taps)
    # upfirdn yields every step-th output from its first: pad so that the first complete one is among them.
    lead = -(len(taps) - 1) % step
    strided = scipy.signal.upfirdn(taps[::-1], np.pad(inside, (lead + before, after)), down=step)
    begin = (len(taps) - 1 + lead) // step
    return np.asarray(strided[begin : begin + count])


def _quality(record: Record, new: int, first: int, last: int) -> npt.NDArray[np.uint8]:
    edges = np.arange(first, last + 2, dtype=np.int64) * new - new // 2
    # The first sample at or after each edge.
    bounds = np.clip(-((record.start - edges) // record.interval_us), 0, record.samples)
    bits = np.bitwise_or.reduceat(record.quality[:, : bounds[-1]], bounds[:-1], axis=1)
    return np.asarray(bits & ~np.uint8(Quality.GAP), dtype=np.uint8)
