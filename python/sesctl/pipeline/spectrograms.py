"""Spectrograms of a source's days, with what it takes to make each again."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sesctl.catalogue.whole import write_whole
from sesctl.errors import ParameterError
from sesctl.kernels import ChirpSpectrum, check_overlap, inverse_chirp_stft, make_window
from sesctl.pipeline.source import Source
from sesctl.report import SpectrogramView
from sesctl.spectrogram import decibels, fit_scale, paint, resized, transform
from sesctl.types import DecibelScale, Record, SpectrogramParameters
from sesctl.types.instants import DAY, SECOND, iso

DAYS_FOR_SCALE = 50
LARGEST_SPECTRUM = 1 << 28
"""Complex values of a day's spectrum: 2 GiB."""
VALUES_FOR_SCALE = 100_000
"""Of one spectrogram, so that the scale of a fast record takes no more memory than that of a slow one."""
Chosen = Sequence[tuple[Source, npt.NDArray[np.int64], Sequence[str]]]
"""Records, the starts of their days (µs UTC), and their channels."""


@dataclass(frozen=True, kw_only=True, eq=False)
class DaySpectrogram:
    """The spectrogram of one channel on one day.

    Parameters
    ----------
    station, channel, unit : str
        What is shown.
    start : int
        First instant of the day, µs UTC.
    interval : float
        Sampling interval in s.
    values : ndarray of float32, shape (sample,)
        The record in the channel's unit, NaN in gaps.
    spectrum : ChirpSpectrum
        Its spectrum, complex64 (n_fft, frame).
    decibels : ndarray of float32, shape (n_fft / 2, frame)
        Its power at positive frequencies, dB re 1 unit².
    """

    station: str
    channel: str
    unit: str
    start: int
    interval: float
    values: npt.NDArray[np.float32]
    spectrum: ChirpSpectrum
    decibels: npt.NDArray[np.float32]

    @property
    def frequency_hz(self) -> npt.NDArray[np.float64]:
        """Frequencies of the rows of `decibels` in Hz, float64 (n_fft / 2,)."""
        return np.arange(1, self.spectrum.n_fft // 2 + 1) / (self.spectrum.n_fft * self.interval)

    @property
    def times(self) -> npt.NDArray[np.int64]:
        """Instants of the frames' middles, µs UTC, int64 (frame,)."""
        step = round(self.spectrum.hop * self.interval * SECOND)
        return self.start + np.arange(self.decibels.shape[-1], dtype=np.int64) * step

    def reconstruction_error(self) -> float:
        """Return how far the inverse is from the record, relative to its root mean square.

        √(Σ(y − x)² / Σx²) over the samples that finite frames cover; NaN where there is none.
        """
        again = inverse_chirp_stft(self.spectrum)
        both = np.isfinite(again) & np.isfinite(self.values)
        if not both.any() or not self.values[both].any():
            return float("nan")
        record = self.values[both].astype(np.float64)
        return float(np.sqrt(((again[both] - record) ** 2).sum() / (record**2).sum()))

    def view(self, scale: DecibelScale) -> SpectrogramView:
        """Return what is drawn of it."""
        return SpectrogramView(
            title=f"{self.station} {self.channel}",
            unit=self.unit,
            start=self.start,
            interval=self.interval,
            values=self.values,
            frequency_hz=self.frequency_hz,
            times=self.times,
            decibels=self.decibels,
            scale=scale,
        )


def overlap_of(parameters: SpectrogramParameters) -> tuple[bool, bool]:
    """Return whether a spectrogram's windows overlap evenly (COLA) and everywhere (NOLA)."""
    return check_overlap(make_window(parameters.window, parameters.length), parameters.hop)


def chosen_channels(source: Source, names: Sequence[str] | None) -> list[str]:
    """Return the channels that a user named, or the dipoles, or all channels of a station without any.

    Raises
    ------
    StationError
        If the station has no channel of a name.
    """
    station = source.station
    for name in names or ():
        station.index(name)
    return list(dict.fromkeys(names or [each.name for each in station.dipoles or station.channels]))


def days_between(
    source: Source, day_offset: int, since: int | None, until: int | None
) -> npt.NDArray[np.int64]:
    """Return the starts (µs UTC) of a source's days within [since, until)."""
    starts = source.days(day_offset)
    first, last = since if since is not None else -(1 << 62), until if until is not None else 1 << 62
    return starts[(starts >= first) & (starts < last)]


def day_spectrograms(
    source: Source,
    starts: npt.NDArray[np.int64],
    parameters: SpectrogramParameters,
    channels: Sequence[str],
) -> Iterator[DaySpectrogram]:
    """Yield the spectrograms of days, channel by channel, a day in memory at a time.

    Parameters
    ----------
    source : Source
        The record.
    starts : ndarray of int64, shape (day,)
        First instants of the days, µs UTC.
    parameters : SpectrogramParameters
        How they are made.
    channels : sequence of str
        Names of the channels.

    Yields
    ------
    DaySpectrogram
        Of each day that has a sample on the channel, from the first sample of the record in it on. A day too
        short for a single frame (see `too_short`) has none.

    Raises
    ------
    ParameterError
        If a spectrum would not fit into memory.
    """
    for start in starts.tolist():
        yield from spectrograms_of(source.read(start, start + DAY), parameters, channels)


def spectrograms_of(
    record: Record, parameters: SpectrogramParameters, channels: Sequence[str]
) -> Iterator[DaySpectrogram]:
    """Yield the spectrograms of some channels of a day's record, as `day_spectrograms` does."""
    if too_short(record, parameters):
        return
    values_each = parameters.n_fft * (record.samples // parameters.hop + 1)
    if values_each > LARGEST_SPECTRUM:
        msg = (
            f"the spectrum of a day of {record.samples} samples, with {parameters.n_fft} frequencies every "
            f"{parameters.hop} samples, has {values_each} values, more than {LARGEST_SPECTRUM}"
        )
        raise ParameterError(msg, "Take a longer --hop, or a smaller --n-fft.")
    chosen = record.select(list(channels))
    for values, channel in zip(chosen.values, chosen.station.channels, strict=True):
        if np.isnan(values).all():
            continue
        spectrum = transform(values, parameters)
        yield DaySpectrogram(
            station=record.station.name,
            channel=channel.name,
            unit=channel.unit,
            start=record.start,
            interval=record.interval,
            values=values,
            spectrum=spectrum,
            decibels=decibels(spectrum),
        )


def too_short(record: Record, parameters: SpectrogramParameters) -> bool:
    """Return whether a record is too short to be reflected at its ends, as the frames there need."""
    return record.samples <= parameters.length // 2


def stems_of(chosen: Chosen, day_offset: int) -> Callable[[Source, int, str], str]:
    """Return what names the files of a source's day (by its start in µs UTC) and channel.

    It has the day's own date, which in an offset from UTC is not that of its first instant in UTC; and the
    sampling interval where a station is there at several.
    """
    names = [source.station.name for source, _, _ in chosen]

    def stem(source: Source, start: int, channel: str) -> str:
        name = source.station.name
        several = f"-{source.interval:g}s" if names.count(name) > 1 else ""
        return f"{name}{several}-{iso(start + day_offset)[:10]}-{channel}"

    return stem


def some_days(starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return up to 50 days, evenly spaced: enough for the scale of a run."""
    if len(starts) <= DAYS_FOR_SCALE:
        return starts
    return starts[np.linspace(0, len(starts) - 1, DAYS_FOR_SCALE).astype(np.int64)]


def run_scale(sources: Chosen, parameters: SpectrogramParameters) -> DecibelScale:
    """Return the one scale of a run, from up to 50 evenly spaced days of every source.

    Raises
    ------
    ParameterError
        If no day has a frame without a gap.
    """
    found = []
    for source, starts, channels in sources:
        for each in day_spectrograms(source, some_days(starts), parameters, channels):
            step = -(-each.decibels.size // VALUES_FOR_SCALE)
            found.append(each.decibels.ravel()[::step].copy())
    if not found:
        msg = (
            "there is no day to show: in the time asked for, the source has no day with more than "
            f"{parameters.length // 2} samples"
        )
        raise ParameterError(msg, "See `sesctl info` for what it holds, or take a shorter --length.")
    return fit_scale(np.concatenate(found))


def write_arrays(
    day: DaySpectrogram, scale: DecibelScale, parameters: SpectrogramParameters, path: Path
) -> Path:
    """Write a spectrogram's exact arrays as .npz, whole or not at all, and return the path.

    ``values``, ``spectrum``, ``rates``, ``gain``, ``window``, ``decibels``, ``frequency_hz``, ``time_us``,
    ``image`` (uint8, as a detector sees it), ``scale_db``, ``start_us``, ``interval_s``, ``hop``,
    ``centred``.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    content = io.BytesIO()
    np.savez_compressed(
        content,
        values=day.values,
        spectrum=day.spectrum.spectrum,
        rates=day.spectrum.rates,
        gain=day.spectrum.gain,
        window=day.spectrum.window,
        decibels=day.decibels,
        frequency_hz=day.frequency_hz,
        time_us=day.times,
        image=paint(resized(day.decibels, parameters), scale, parameters),
        scale_db=np.array([scale.low, scale.high]),
        start_us=np.int64(day.start),
        interval_s=np.float64(day.interval),
        hop=np.int64(day.spectrum.hop),
        centred=np.bool_(day.spectrum.centred),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, lambda file: file.write(content.getvalue()))
    return path
