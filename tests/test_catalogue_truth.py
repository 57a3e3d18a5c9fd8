"""Truth tables are read strictly, and every fault is named with its line."""

import pytest

from sesctl.catalogue import read_truth, write_truth
from sesctl.errors import ReadError
from sesctl.types.instants import from_iso
from sesctl.waveforms import SES

HEADER = "station,start,end,amplitude_mv_km,shape,activity_id,dipole"
ROW = "hkb,1999-01-17T04:37:00Z,1999-01-17T05:04:00Z,-12.5,boxcar,a1,"


def table(tmp_path, *rows, header=HEADER):
    path = tmp_path / "truth.csv"
    path.write_bytes("\n".join((header, *rows, "")).encode())
    return path


def test_what_is_written_is_read_back_without_its_azimuth(tmp_path):
    start = from_iso("1999-01-17T04:37:00Z")
    truth = (
        SES(
            station="hkb",
            start=start,
            end=start + 1_620_000_000,
            amplitude=-12.5,
            shape="boxcar",
            activity_id="a1",
        ),
        SES(
            station="mts",
            start=start + 500_000,
            end=start + 7_000_000,
            amplitude=1e-3,
            shape="pulse_train",
            activity_id="train, 2",
            dipole="D1",
        ),
    )
    write_truth(truth, tmp_path / "truth.csv")
    assert read_truth(tmp_path / "truth.csv") == truth


def test_a_table_of_no_signal_is_empty_and_a_byte_order_mark_is_no_fault(tmp_path):
    assert read_truth(table(tmp_path)) == ()
    assert len(read_truth(table(tmp_path, ROW, header="\ufeff" + HEADER))) == 1


def test_times_with_an_offset_are_instants(tmp_path):
    (ses,) = read_truth(table(tmp_path, ROW.replace("04:37:00Z", "13:37:00+09:00")))
    assert ses.start == from_iso("1999-01-17T04:37:00Z")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ROW + "D1,D2", "8 cells for 7 columns"),
        ("", "0 cells for 7 columns"),
        (ROW.replace("hkb", " "), "station is empty"),
        (ROW.replace("a1", ""), "activity_id is empty"),
        (ROW.replace("-12.5", "strong"), "amplitude_mv_km 'strong' is no number"),
        (ROW.replace("-12.5", "1_2"), "amplitude_mv_km '1_2' is no number"),
        (ROW.replace("-12.5", "nan"), "amplitude_mv_km 'nan' is no number"),
        (ROW.replace("-12.5", "0"), "amplitude of 0.0 mV/km is zero"),
        (ROW.replace("-12.5", "1e999"), "amplitude of inf mV/km"),
        (ROW.replace("boxcar", "sawtooth"), "shape 'sawtooth' is unknown"),
        (ROW.replace("1999-01-17T04:37:00Z", "yesterday"), "'yesterday' is not an ISO 8601 time"),
        (ROW.replace("04:37:00Z", "04:37:00"), "has no offset from UTC"),
        (ROW.replace("05:04:00Z", "04:37:00Z"), "is not after its start"),
        (ROW.replace("boxcar", 'box"car"'), None),
        (ROW.replace("boxcar", '"boxcar'), "unexpected end of data"),
        (ROW.replace("boxcar", '"box"car'), "expected after"),
        (ROW, "the same signal stands on line 2 already"),
        (ROW.replace("a1", "a2"), "the same signal stands on line 2 already"),
    ],
)
def test_a_faulty_line_is_named_with_its_fault(tmp_path, row, words):
    path = table(tmp_path, ROW, row)
    with pytest.raises(ReadError, match="line 3") as caught:
        read_truth(path)
    assert (words or "unknown") in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("header", ["", "station,start,end", HEADER.replace("start,end", "end,start")])
def test_other_columns_are_refused(tmp_path, header):
    with pytest.raises(ReadError, match=r"line 1: the columns are .*, not station,start"):
        read_truth(table(tmp_path, ROW, header=header))


def test_an_empty_file_a_missing_file_and_no_text_are_refused_by_name(tmp_path):
    path = tmp_path / "truth.csv"
    with pytest.raises(ReadError, match=r"truth\.csv cannot be read"):
        read_truth(path)
    path.write_bytes(b"")
    with pytest.raises(ReadError, match="columns are missing"):
        read_truth(path)
    path.write_bytes(HEADER.encode() + b"\n\xff\xfe")
    with pytest.raises(ReadError, match="no text in UTF-8"):
        read_truth(path)
    path.write_bytes(HEADER.encode() + b"\n" + ROW.encode().replace(b"boxcar", b"box\0car"))
    with pytest.raises(ReadError, match="line 2"):
        read_truth(path)
