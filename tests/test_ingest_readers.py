"""Readers that other packages bring: found, guarded and named."""

import re

import numpy as np
import pytest

from sesctl.errors import ParameterError, PluginError, ReadError
from sesctl.ingest import read, reader_table
from sesctl.ingest.reader_table import find_reader, format_names


@pytest.fixture
def readers(monkeypatch, install):
    def put(*names):
        install(*names)
        reader_table._announced.cache_clear()
        reader_table._load.cache_clear()

    yield put
    reader_table._announced.cache_clear()
    reader_table._load.cache_clear()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "site.log"
    path.write_text("% mylogger 1\n1609459200 1.5\n1609459210 2.5\n1609459220 NaN\n")
    return path


def test_another_packages_reader_is_found_by_content_and_its_remarks_come_with_it(readers, file):
    readers("logger_reader")
    reading = read(file)
    np.testing.assert_array_equal(reading.record.values, np.float32([[1.5, 2.5, np.nan]]))
    (remark,) = reading.annotations
    assert (remark.text, remark.channels) == ("battery low", ("E1",))
    assert len(remark.source) == 64


def test_a_reader_that_fails_is_named_with_its_file_and_place(readers, file, capsys):
    readers("logger_reader")
    with pytest.raises(PluginError, match=r"the reader 'fails' fails to read site\.log: KeyError") as caught:
        read(file, file_format="fails")
    assert re.search(r"logger_reader\.py, line \d+", caught.value.message)
    assert capsys.readouterr().out == ""


def test_a_package_that_cannot_be_imported_stops_no_format_of_ours(readers, file, tmp_path):
    readers("broken_reader")
    assert find_reader("edl").name == "edl"
    (tmp_path / "a.csv").write_text("time,Ex\n2021-01-01T00:00:00Z,1\n2021-01-01T00:00:10Z,1\n")
    assert read(tmp_path / "a.csv").record.samples == 2
    with pytest.raises(ReadError, match=r"site.log is of no known format, and .*'broken' of broken_reader"):
        read(file)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("broken", "cannot be loaded: ModuleNotFoundError"),
        ("csv", "has the name of one of sesctl's own"),
        ("misnamed", "provides a reader named 'mylogger', not 'misnamed'"),
        ("no_reader", "is a function, not a ReaderInfo"),
    ],
)
def test_a_reader_that_breaks_its_contract_is_kept_aside_with_its_reason(readers, name, sentence):
    readers("logger_reader", "broken_reader")
    with pytest.raises(PluginError, match=sentence):
        find_reader(name)


def test_an_unknown_format_gets_the_nearest_one(readers):
    with pytest.raises(ParameterError, match="no reader of the format 'lemi'") as caught:
        find_reader("lemi")
    assert "did you mean lemi424" in caught.value.hint
    assert "csv" in format_names()
