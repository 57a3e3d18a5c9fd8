import pytest

from sesctl.archive.journal import Entry, Journal
from sesctl.errors import ArchiveError
from sesctl.types import Origin


def entry(day, source="aa"):
    return Entry(day=day, values=f"{day:064x}", quality="0" * 64, origins=(Origin("hkb", day, source),))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "journal.jsonl"
    path.touch()
    journal = Journal(path)
    journal.append([entry(3), entry(1)])
    journal.append([entry(2)])
    return path


def test_every_commit_is_one_line_and_comes_back(path):
    assert len(path.read_bytes().splitlines()) == 2
    assert Journal(path).entries == {day: entry(day) for day in (1, 2, 3)}


def test_the_last_line_that_names_a_day_holds(path):
    Journal(path).append([entry(1, "bb")])
    assert Journal(path).entries[1] == entry(1, "bb")


def test_a_reader_takes_up_the_lines_added_since(path):
    reader = Journal(path)
    Journal(path).append([entry(9)])
    assert 9 not in reader.entries
    reader.refresh()
    assert reader.entries[9] == entry(9)


def test_a_last_line_torn_anywhere_counts_for_nothing_and_the_next_commit_takes_its_place(path):
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for length in range(first, len(whole)):
        path.write_bytes(whole[:length])
        journal = Journal(path)
        assert sorted(journal.entries) == [1, 3]
        journal.append([entry(7)])
        assert sorted(Journal(path).entries) == [1, 3, 7]


@pytest.mark.parametrize(
    "rest", [b"\0" * 500, b"\0" * 100 + b"\n", b"{}\n\0\n[1", b'{"crc32": 0, "days": []}\n']
)
def test_what_a_lost_write_leaves_at_the_end_counts_for_nothing(path, rest):
    path.write_bytes(path.read_bytes() + rest)
    journal = Journal(path)
    assert sorted(journal.entries) == [1, 2, 3]
    journal.append([entry(7)])
    assert sorted(Journal(path).entries) == [1, 2, 3, 7]


def test_a_damaged_line_before_the_last_is_an_error_not_a_loss_of_days(path):
    content = path.read_bytes()
    path.write_bytes(content.replace(b'"day":3', b'"day":4', 1))
    with pytest.raises(ArchiveError, match=r"journal\.jsonl is damaged after its first 0 bytes"):
        Journal(path)
