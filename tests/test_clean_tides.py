"""Tides and the daily variation are found beside drift, trains and gaps, and an SES stays."""

import numpy as np
import pytest

from field_records import quiet_field
from sesctl.archive import create_or_open
from sesctl.clean import Cleaning
from sesctl.clean_tides import K1_H, PERIODS_H, TidalFit
from sesctl.errors import ParameterError
from sesctl.pipeline import RecordSource, clean_into
from sesctl.types import Dipole, Record, Station
from sesctl.types.instants import DAY, SECOND, from_iso

START = from_iso("2020-01-01T00:00:00Z")
STATION = Station(name="hkb", channels=(Dipole(name="Ex"), Dipole(name="Ey")))
NOTHING = Cleaning(despike_s=0, fill_s=0, savgol_s=0, mean_s=0, step=0)


def record_of(days, amplitudes, interval=60.0, noise=0.0):
    times = START + np.arange(round(days * 86_400 / interval), dtype=np.int64) * round(interval * SECOND)
    hours = times / (3600 * SECOND)
    periods = {**PERIODS_H, "K1": K1_H}
    tide = sum(size * np.cos(2 * np.pi * hours / periods[name] + 1.0) for name, size in amplitudes.items())
    rng = np.random.default_rng(3)
    drift = 0.3 * (hours - hours[0]) ** 1.2
    values = np.stack([tide + drift, 2 * tide - drift]) + noise * rng.normal(size=(2, len(times)))
    return Record(station=STATION, values=values.astype(np.float32), start=START, interval=interval), tide


def fitted(record):
    fit = TidalFit(2, record.start, record.end)
    fit.add(record)
    return fit.solve()


def test_each_line_is_found_beside_the_drift_of_electrodes():
    sizes = {"S1": 5.0, "S2": 2.0, "S3": 1.0, "M2": 3.0, "O1": 1.5}
    tides = fitted(record_of(60, sizes, noise=0.5)[0])
    assert tides.names == tuple(sizes)
    np.testing.assert_allclose(tides.amplitudes()[0], list(sizes.values()), atol=0.05)
    np.testing.assert_allclose(tides.amplitudes()[1], 2 * np.array(list(sizes.values())), atol=0.05)


def test_k1_is_told_from_24_h_only_beyond_a_year():
    assert "K1" not in fitted(record_of(40, {"S1": 1.0}, 600.0)[0]).names
    tides = fitted(record_of(400, {"S1": 4.0, "K1": 2.0}, 600.0)[0])
    by_name = dict(zip(tides.names, tides.amplitudes()[0], strict=True))
    assert (by_name["S1"], by_name["K1"]) == (pytest.approx(4, abs=0.05), pytest.approx(2, abs=0.05))


def test_less_than_30_days_are_refused_by_name():
    with pytest.raises(ParameterError, match=r"is 29.0 days long, tides are fitted to 30 or more"):
        TidalFit(1, START, START + 29 * DAY)


def test_a_fit_does_not_depend_on_the_parts_it_comes_in():
    record = record_of(35, {"M2": 2.0}, 600.0)[0]
    fit = TidalFit(2, record.start, record.end)
    for day in range(35):
        part = slice(day * 144, (day + 1) * 144)
        fit.add(
            Record(station=STATION, values=record.values[:, part], start=START + day * DAY, interval=600.0)
        )
    np.testing.assert_allclose(fit.solve().coefficients, fitted(record).coefficients, rtol=1e-9)


def test_tides_are_taken_off_an_archive_and_an_ses_stays(tmp_path):
    record, tide = record_of(40, {"S1": 6.0, "M2": 4.0}, noise=0.2)
    values = record.values.copy()
    values[:, 20_000:20_030] += 10.0
    source = RecordSource(Record(station=STATION, values=values, start=START, interval=60.0))
    clean_into(source, tmp_path / "a", NOTHING, policy="error", tides=True, progress=lambda done, total: None)
    with create_or_open(tmp_path / "a") as store:
        (group,) = store.groups()
        cleaned = store.read(group, record.start, record.end)
        assert store.provenance(group)["tides"]["lines"][0] == "S1"
    left = cleaned.values[0] - (record.values[0] - tide)
    outside = np.r_[left[:20_000], left[20_030:]]
    assert np.abs(outside).max() < 0.2
    assert left[20_000:20_030].mean() == pytest.approx(10, abs=0.2)


def test_without_the_option_nothing_is_fitted(tmp_path):
    clean_into(
        RecordSource(quiet_field(2)),
        tmp_path / "a",
        NOTHING,
        policy="error",
        progress=lambda done, total: None,
    )
    with create_or_open(tmp_path / "a") as store:
        assert "tides" not in store.provenance(store.groups()[0])
