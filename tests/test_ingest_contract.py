"""What holds for the reader of every format, ours and others'."""

import gzip
import hashlib
import importlib.util
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sesctl.errors import ReadError, SesctlError, StationError
from sesctl.ingest import read
from sesctl.ingest.formats import FORMATS
from sesctl.ingest.reader_table import find_reader, format_names, recognised

REAL = Path(__file__).parent / "golden" / "real"
HEAD = 'name = "site"\nlatitude = 40\nlongitude = 254\ntimezone = "UTC"\n'
START = 1_609_459_200  # 2021-01-01 UTC
ROWS = 300

NEEDS_OBSPY = pytest.mark.skipif(
    importlib.util.find_spec("obspy") is None, reason="the extra seismo is not installed"
)


def rows_of(step, *names):
    lines = [
        f"{START + step * row},{','.join(str(row % 7 + k) for k in range(len(names)))}" for row in range(ROWS)
    ]
    return "\n".join([",".join(["time", *names]), *lines, ""])


def make_csv(folder):
    (folder / "a.csv").write_text(rows_of(10, "Ex", "Ey"))
    return folder / "a.csv", None


def make_aeta(folder):
    (folder / "AETA_7_M4.5_62km.csv").write_text(rows_of(60, "em"))
    return folder / "AETA_7_M4.5_62km.csv", None


def make_npz(folder):
    np.savez(folder / "a.npz", time=START + 10 * np.arange(ROWS), Ex=np.arange(float(ROWS)))
    return folder / "a.npz", None


def make_parquet(folder):
    table = pa.table({"time": START + 10 * np.arange(ROWS), "Ex": np.arange(float(ROWS))})
    pq.write_table(table, folder / "a.parquet")
    return folder / "a.parquet", None


def make_edl(folder):
    shutil.copy(REAL / "auslamp-sa225-2-edl" / "SA225-2_180518010000.EX", folder)
    text = HEAD + 'interval_s = 0.1\n[[dipoles]]\nname = "Ex"\nchannel = "EX"\nunit = "uV"\nlength_m = 46\n'
    (folder / "site.toml").write_text(text)
    return folder / "SA225-2_180518010000.EX", folder / "site.toml"


def make_lemi424(folder):
    return Path(shutil.copy(REAL / "passcal-lemi424-magdalena" / "202010010000.TXT", folder)), None


def make_iaga2002(folder):
    return Path(shutil.copy(REAL / "usgs-bou-minute" / "bou20141101vmin.min", folder)), None


def make_miniseed(folder):
    channels = [f'[[channels]]\nname = "{name}"\nquantity = "magnetic"\nunit = "nT"\n' for name in "HEZF"]
    (folder / "site.toml").write_text(HEAD + "".join(channels))
    file = shutil.copy(REAL / "usgs-bou-minute" / "BOU20200827-30_min.mseed", folder)
    return Path(file), folder / "site.toml"


MAKERS = {
    "csv": make_csv,
    "aeta": make_aeta,
    "npz": make_npz,
    "parquet": make_parquet,
    "edl": make_edl,
    "lemi424": make_lemi424,
    "iaga2002": make_iaga2002,
    "miniseed": make_miniseed,
}
EVERY = [pytest.param(name, marks=NEEDS_OBSPY if name == "miniseed" else ()) for name in MAKERS]
TEXTS = ["csv", "aeta", "edl", "lemi424", "iaga2002"]


@pytest.fixture
def sample(request, tmp_path):
    file, station = MAKERS[request.param](tmp_path)
    return request.param, file, station


def test_every_format_is_held_to_the_contract():
    assert set(MAKERS) | {"kakioka"} == set(FORMATS) == set(format_names())


@pytest.mark.parametrize("sample", EVERY, indirect=True)
def test_a_file_is_known_by_what_it_is(sample):
    name, file, _ = sample
    assert recognised(file) is find_reader(name)


@pytest.mark.parametrize("sample", EVERY, indirect=True)
def test_a_file_gives_values_on_a_grid_and_the_hash_of_its_bytes(sample):
    name, file, station = sample
    record = read(file, station).record
    assert np.isfinite(record.values).any(axis=1).all()
    assert {origin.source for origin in record.origins} == {hashlib.sha256(file.read_bytes()).hexdigest()}
    named = read(file, station, file_format=name).record
    assert named.start == record.start
    np.testing.assert_array_equal(named.values, record.values)


@pytest.mark.parametrize("sample", TEXTS, indirect=True)
def test_a_compressed_text_is_read_as_the_text(sample, tmp_path):
    _, file, station = sample
    plain = read(file, station).record
    packed = [tmp_path / f"{file.name}.gz", tmp_path / f"{file.name}.zst"]
    packed[0].write_bytes(gzip.compress(file.read_bytes()))
    with pa.CompressedOutputStream(str(packed[1]), "zstd") as stream:
        stream.write(file.read_bytes())
    for each in packed:
        record = read(each, station).record
        assert (record.start, record.interval) == (plain.start, plain.interval)
        np.testing.assert_array_equal(record.values, plain.values)


@pytest.mark.parametrize("sample", EVERY, indirect=True)
def test_a_channel_that_is_not_there_is_named(sample, tmp_path):
    name, file, _ = sample
    text = HEAD + 'interval_s = 0.1\n[[dipoles]]\nname = "Q"\nchannel = "QQQ"\n'
    (tmp_path / "other.toml").write_text(text if name == "edl" else text.replace("interval_s = 0.1\n", ""))
    with pytest.raises(StationError, match=r"has no .* 'QQQ'"):
        read(file, tmp_path / "other.toml")


@pytest.mark.parametrize("damage", ["empty", "noise", "half", "bit"])
@pytest.mark.parametrize("sample", EVERY, indirect=True)
def test_a_damaged_file_is_one_sentence_or_a_record_and_no_other_error(sample, damage):
    name, file, station = sample
    content = file.read_bytes()
    noise = np.random.default_rng(1).integers(0, 256, 5000, dtype=np.uint8).tobytes()
    middle = len(content) // 2
    file.write_bytes(
        {
            "empty": b"",
            "noise": noise,
            "half": content[:middle],
            "bit": content[:middle] + bytes([content[middle] ^ 0x80]) + content[middle + 1 :],
        }[damage]
    )
    told = None
    try:
        record = read(file, station, file_format=name).record
    except SesctlError as error:
        told = error
    if told is None:
        assert damage in {"half", "bit"}
        assert record.samples
    else:
        assert file.name in told.message
        assert "\n" not in told.message
        assert told.hint


@pytest.mark.parametrize("sample", EVERY, indirect=True)
def test_an_unfinished_copy_is_refused(sample, monkeypatch):
    _, file, station = sample
    from sesctl.ingest import gather

    def grow(path):
        with path.open("ab") as stream:
            stream.write(b"\n")
        return "0" * 64

    monkeypatch.setattr(gather, "sha256_of", grow)
    with pytest.raises(ReadError, match="was changed while it was read"):
        read(file, station)
