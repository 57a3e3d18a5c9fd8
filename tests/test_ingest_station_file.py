"""A station file gives the station, and the factor from a file's value to the channel's unit."""

import pytest

from sesctl.errors import StationError
from sesctl.ingest import read_station_file

HEAD = 'name = "hkb"\nlatitude = 43.0\nlongitude = 141.5\ntimezone = "Asia/Tokyo"\n'


def read(tmp_path, text):
    file = tmp_path / "hkb.toml"
    file.write_text(HEAD + text, encoding="utf-8")
    return read_station_file(file)


@pytest.mark.parametrize(
    ("keys", "factor"),
    [
        ("", 1),
        ("scale = 2.5", 2.5),
        ("polarity = -1", -1),
        ('unit = "uV/m"', 1),
        ('unit = "\u00b5V/m"', 1),
        ('unit = "V/m"', 1e6),
        ('unit = "mV"\nlength_m = 200', 5),
        ('unit = "mV"\nlength_m = 200\npolarity = -1', -5),
        ('unit = "uV"\nlength_m = 46\nscale = 0.1', 1 / 460),
        ('unit = "\u00b5V"\nlength_m = 100', 0.01),
        ('unit = "\u03bcV"\nlength_m = 100', 0.01),
        ('unit = "V"\nlength_m = 100', 10_000),
        ('unit = "counts"\nlength_m = 50\nscale = 0.002', 0.04),
    ],
)
def test_the_factor_of_a_dipole_gives_mv_per_km(tmp_path, keys, factor):
    found = read(tmp_path, f'[[dipoles]]\nname = "Ex"\n{keys}\n')
    assert found.columns[0].factor == pytest.approx(factor, rel=1e-12)
    assert found.station.channels[0].unit == "mV/km"


def test_everything_said_of_a_station_is_kept(tmp_path):
    found = read(
        tmp_path,
        'interval_s = 10\n[[dipoles]]\nname = "Ex"\nlength_m = 100\nazimuth_deg = 12.5\n'
        'electrodes = ["N", "S"]\n'
        'channel = "EX"\n[[channels]]\nname = "Bx"\nquantity = "magnetic"\nunit = "nT"\nscale = 0.007\n',
    )
    station = found.station
    assert (station.name, station.latitude, station.longitude, station.timezone) == (
        "hkb",
        43,
        141.5,
        "Asia/Tokyo",
    )
    dipole, other = station.channels
    assert (dipole.length_m, dipole.azimuth_deg, dipole.electrodes) == (100, 12.5, ("N", "S"))
    assert (other.quantity, other.unit) == ("magnetic", "nT")
    assert [(each.column, each.factor) for each in found.columns] == [("EX", 1), ("Bx", 0.007)]
    assert found.interval_us == 10_000_000


def test_a_byte_order_mark_is_no_fault(tmp_path):
    file = tmp_path / "hkb.toml"
    file.write_bytes(b"\xef\xbb\xbf" + (HEAD + '[[dipoles]]\nname = "Ex"\n').replace("\n", "\r\n").encode())
    assert read_station_file(file).station.name == "hkb"


def test_selecting_keeps_the_order_asked_for(tmp_path):
    found = read(tmp_path, '[[dipoles]]\nname = "Ex"\n[[dipoles]]\nname = "Ey"\n').select(["Ey", "Ex"])
    assert [each.name for each in found.station.channels] == ["Ey", "Ex"]
    assert [each.column for each in found.columns] == ["Ey", "Ex"]


def test_keys_that_are_missing_are_named_together(tmp_path):
    file = tmp_path / "hkb.toml"
    file.write_text('name = "hkb"\n[[dipoles]]\nlength_m = 100\n')
    with pytest.raises(
        StationError, match="the keys latitude, longitude, timezone are missing \\(and 1 more\\)"
    ):
        read_station_file(file)
    with pytest.raises(StationError, match=r"number 1 of \[\[dipoles\]\]: the key name is missing$"):
        read(tmp_path, "[[dipoles]]\nlength_m = 100\n")
