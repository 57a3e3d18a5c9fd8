"""Measure how well the evidence tells signals from disturbances, on cases that are constructed.

Run from the root of the repository: python docs/scripts/evidence_study.py [PART ...]

Writes a file a part into docs/results/evidence, and leaves out parts that have one: the far-field test alone
on SES and one-dipole pumps at three simulated stations, and every test on seven kinds of event at one.
"""

import argparse
import datetime as dt
import functools
import json
import os
import platform
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

import sesctl
from sesctl.evidence import ITEMS, assess
from sesctl.evidence.far_field import judge_far_field
from sesctl.evidence.measure import measure
from sesctl.evidence.surroundings import Surroundings
from sesctl.inject import Signal, add_signals
from sesctl.pipeline import RecordSource, Scan
from sesctl.pipeline.evidence import PieceReader, surroundings_of
from sesctl.synth import StationParameters, preset, simulate
from sesctl.synth.induction import impedance
from sesctl.types import Event, Record, Verdict
from sesctl.types.instants import DAY, SECOND
from sesctl.waveforms import Boxcar, project_field
from sesctl.waveforms.projection import dipole_azimuths

RESULTS = Path(__file__).resolve().parents[1] / "results" / "evidence"
SEED = 2101
FIRST_DAY = dt.date(1999, 3, 1)
DAYS = 60
FROM_DAY, TO_DAY = 16, 44
INTERVAL_S = 10.0
JITTER_S = 90.0
KINDS = ("ses", "pump", "electrode", "step", "bay", "factory", "weekday_factory")


@dataclass(frozen=True)
class Ground:
    """A simulated station's record, read once."""

    record: Record
    distortion: tuple[tuple[float, float], tuple[float, float]]
    resistivity: float
    reader: PieceReader


def ground_of(name: str, pumps: bool) -> Ground:
    """Simulate a station, with its own pumps or without any."""
    station = preset(name)
    assert isinstance(station, StationParameters)
    if not pumps:
        station = replace(station, site=replace(station.site, pumps_per_day=0.0))
    simulation = simulate(station, DAYS, SEED, first_day=FIRST_DAY)
    reader = PieceReader(RecordSource(simulation.record), INTERVAL_S, Scan())
    return Ground(simulation.record, simulation.distortion, station.soil.deep_ohm_m, reader)


def draw_event(ground: Ground, draw: np.random.Generator, minutes: tuple[float, float]) -> Event:
    """Draw when and how strong: any time of day, 10–15 mV/km."""
    day = int(draw.integers(FROM_DAY, TO_DAY))
    step = round(INTERVAL_S * SECOND)
    onset = ground.record.start + day * DAY + int(draw.integers(0, DAY // step)) * step
    length = int(draw.uniform(*minutes) * 60 / INTERVAL_S) * step
    amplitude = float(draw.uniform(10, 15) * draw.choice([-1, 1]))
    return Event(
        station=ground.record.station.name,
        start=onset,
        end=onset + length,
        amplitude=amplitude,
        score=0.5,
        raw_score=1.0,
        dipoles=(),
    )


def piece_of(ground: Ground, event: Event, days: int) -> Record:
    """Return the record some days around an event."""
    return RecordSource(ground.record).read(event.start - days * DAY, event.end + days * DAY)


def disturbed(ground: Ground, event: Event, kind: str, draw: np.random.Generator) -> Record:
    """Return the station's record with one kind of event in it."""
    if kind in {"ses", "factory", "weekday_factory"}:
        return with_boxcars(ground, event, kind, draw)
    record = piece_of(ground, event, 2)
    values = record.values.copy()
    times = record.times()
    inside = (times >= event.start) & (times < event.end)
    dipoles = record.station.dipoles
    if kind == "pump":
        values[int(draw.integers(len(dipoles)))] += np.float32(event.amplitude) * inside
    elif kind in {"electrode", "step"}:
        shared = [name for name in "abcd" if sum(name in each.electrodes for each in dipoles) > 1]
        electrode = str(draw.choice(shared))
        on = inside if kind == "electrode" else times >= event.start
        lengths = [float(each.length_m or 1) for each in dipoles if electrode in each.electrodes]
        for row, dipole in enumerate(dipoles):
            if electrode in dipole.electrodes:
                sign = 1.0 if dipole.electrodes[0] == electrode else -1.0
                shown = sign * event.amplitude * min(lengths) / float(dipole.length_m or 1)
                values[row] += np.float32(shown) * on
    elif kind == "bay":
        # A half sine, as bays are, in the magnetic field, and the field that it induces.
        phase = (times - event.start) / (event.end - event.start)
        angle = draw.uniform(0, 2 * np.pi)
        bay = np.where(inside, np.sin(np.pi * np.clip(phase, 0, 1)), 0.0)
        magnetic = np.multiply.outer([np.cos(angle), np.sin(angle)], bay)
        response = impedance(np.fft.rfftfreq(times.size, INTERVAL_S), ground.resistivity)
        induced = np.fft.irfft(np.fft.rfft(magnetic, axis=1) * response, times.size, axis=1)
        shown = project_field([induced[1], -induced[0]], dipole_azimuths(dipoles), ground.distortion)
        size = abs(event.amplitude) / np.abs(shown).max()
        values[: len(dipoles)] += (size * shown).astype(np.float32)
        values[-2:] += (size * magnetic).astype(np.float32)
    return replace(record, values=values)


def with_boxcars(ground: Ground, event: Event, kind: str, draw: np.random.Generator) -> Record:
    """Return the record with an SES, or with what a factory does every day, or every working day."""
    azimuth = float(draw.uniform(0, 180))
    days = [0] if kind == "ses" else range(-15, 16)
    signals = []
    for day in days:
        start = event.start + day * DAY
        weekday = (start // DAY + 3) % 7  # 1970-01-01 was a Thursday
        if day and (draw.random() >= 0.9 or (kind == "weekday_factory" and weekday >= 5)):
            continue
        late = 0 if day == 0 else round(draw.normal(0, JITTER_S)) * SECOND
        signals.append(
            Signal(
                station=event.station,
                waveform=Boxcar(duration_s=event.duration_s),
                onset=start + late,
                amplitude=event.amplitude * (1.0 if day == 0 else draw.normal(1, 0.05)),
                azimuth_deg=azimuth,
                activity_id="a",
            )
        )
    reach = 2 if kind == "ses" else 15
    return add_signals(piece_of(ground, event, reach), signals, ground.distortion)


def case_of(ground: Ground, kind: str, draw: np.random.Generator) -> Surroundings:
    """Construct one case."""
    minutes = (30.0, 60.0) if kind in {"bay", "factory", "weekday_factory"} else (25.0, 30.0)
    event = draw_event(ground, draw, minutes)
    while kind == "weekday_factory" and (event.start // DAY + 3) % 7 >= 5:
        event = draw_event(ground, draw, minutes)
    around = surroundings_of(event, [event], {event.station: ground.reader})
    changed = PieceReader(RecordSource(disturbed(ground, event, kind, draw)), INTERVAL_S, Scan())
    near = changed.read(around.near.start, around.near.end)
    replicas = around.replicas
    if kind.endswith("factory"):
        replicas = {days: changed.read(each.start, each.end) for days, each in around.replicas.items()}
    return replace(around, near=near, replicas=replicas)


def share(count: int, total: int) -> list[float]:
    """Return a share with its 95 % interval [Clopper and Pearson 1934], in percent."""
    if not total:
        return []
    interval = binomtest(count, total).proportion_ci(0.95)
    return [round(100 * each, 1) for each in (count / total, interval.low, interval.high)]


def far_field_cases(name: str, pumps: bool, cases: int) -> dict[str, object]:
    """Return the verdicts of the far-field test at a station."""
    ground = ground_of(name, pumps)
    result: dict[str, object] = {"station": name, "own_pumps": pumps, "cases": cases}
    for number, kind in enumerate(("ses", "pump")):
        draw = np.random.default_rng([SEED, number])
        found: Counter[str] = Counter()
        for _ in range(cases):
            around = case_of(ground, kind, draw)
            found[str(judge_far_field(around, measure(around)).verdict)] += 1
        right = "pass" if kind == "ses" else "fail"
        tested = cases - found[str(Verdict.NOT_TESTABLE)]
        result[kind] = {
            "verdicts": dict(found),
            f"{right}_of_all": share(found[right], cases),
            f"{right}_of_testable": share(found[right], tested),
        }
    return result


def every_test(kind: str, cases: int) -> dict[str, object]:
    """Return the verdicts of every test on one kind of event at a station without pumps of its own."""
    ground = ground_of("mts", False)
    draw = np.random.default_rng([SEED, 10 + KINDS.index(kind)])
    counts = {item: Counter[str]() for item in ITEMS}
    for _ in range(cases):
        for finding in assess(case_of(ground, kind, draw)).findings:
            counts[finding.item][str(finding.verdict)] += 1
    verdicts = {item: dict(found) for item, found in counts.items()}
    return {"station": "mts", "kind": kind, "cases": cases, "verdicts": verdicts}


PARTS: dict[str, Callable[[], dict[str, object]]] = {
    "far_field-mts": lambda: far_field_cases("mts", False, 500),
    "far_field-mts-with-pumps": lambda: far_field_cases("mts", True, 100),
    "far_field-hkb": lambda: far_field_cases("hkb", False, 100),
    "far_field-ota": lambda: far_field_cases("ota", False, 100),
    **{f"tests-{kind}": functools.partial(every_test, kind, 30) for kind in KINDS},
}


def main() -> None:
    """Run the parts that have no file yet, each into its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    RESULTS.mkdir(parents=True, exist_ok=True)
    for name in parser.parse_args().parts or PARTS:
        path = RESULTS / f"{name}.json"
        if path.exists():
            continue
        began, used = time.perf_counter(), time.process_time()
        report = {
            "study": "evidence on constructed events",
            "part": name,
            **PARTS[name](),
            "seed": SEED,
            "first_day": FIRST_DAY.isoformat(),
            "days": DAYS,
            "versions": {
                "sesctl": sesctl.__version__,
                "python": platform.python_version(),
                "numpy": np.__version__,
                "scipy": version("scipy"),
            },
            "hardware": f"{platform.machine()}, {os.cpu_count()} cores",
            "cpu_s": round(time.process_time() - used, 1),
            "wall_s": round(time.perf_counter() - began, 1),
        }
        path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(name, flush=True)


if __name__ == "__main__":
    main()
