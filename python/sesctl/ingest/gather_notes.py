"""What a person should know of files that were read."""

from collections.abc import Sequence

from sesctl.ingest.gathered import Gathered
from sesctl.ingest.sampling import Stretch
from sesctl.types import Annotation
from sesctl.types.instants import iso

_NOTABLE_DRIFT = 0.1  # of an interval


def notes_on(got: Gathered) -> list[str]:
    """Return sentences on silent channels, numbers that may be none, sampling, and lengths of files."""
    columns = () if got.station_file is None else got.station_file.columns
    notes = [
        f"{got.name}: {each.channel.name} holds no value" for each in columns if each.column not in got.alive
    ]
    for (column, value), rows in got.placeholders.items():
        if rows > 1:
            notes.append(
                f"{got.name}: column {column} holds {value:g} in {rows} rows; if that stands for a missing "
                "value, write nan there"
            )
    for before, after in zip(got.stretches[:-1], got.stretches[1:], strict=True):
        notes.append(
            f"{got.name}: its sampling changes from {before.interval_us / 1e6:g} s to "
            f"{after.interval_us / 1e6:g} s at {iso(after.begin)}"
        )
    lengths: dict[int, dict[str, int]] = {}
    for file in got.files:
        if file.rows:
            lengths.setdefault(file.first, {})[file.name] = file.rows
    for start, by_file in lengths.items():
        if len(set(by_file.values())) > 1:
            listed = ", ".join(f"{file} {length}" for file, length in by_file.items())
            notes.append(f"{got.name}: files that start at {iso(start)} differ in length ({listed} samples)")
    return notes


def clock_remarks(stretches: Sequence[Stretch], source: str) -> list[Annotation]:
    """Return a remark on each stretch whose clock leaves the sampling grid by a tenth of an interval or more.

    Parameters
    ----------
    stretches : sequence of Stretch
        The stretches.
    source : str
        SHA-256 of the file that they are in, empty for several.
    """
    remarks = []
    for stretch in stretches:
        if stretch.steps and abs(stretch.drift_us) >= _NOTABLE_DRIFT * stretch.interval_us:
            rate = 1e6 * stretch.drift_us / (stretch.steps * stretch.interval_us)
            text = (
                f"the clock leaves the sampling grid by {stretch.drift_us / 1e6:+g} s ({rate:+.3g} ppm) "
                f"in {stretch.steps} steps of {stretch.interval_us / 1e6:g} s"
            )
            values = (("drift_s", stretch.drift_us / 1e6), ("drift_ppm", float(f"{rate:.3g}")))
            remarks.append(
                Annotation(
                    start=stretch.begin,
                    end=stretch.end,
                    text=text,
                    kind="clock",
                    values=values,
                    source=source,
                )
            )
    return remarks


def overlap_note(got: Gathered, averaged: int) -> tuple[str, ...]:
    """Return what there is to say of rows out of order and of times that occur more than once."""
    unsorted = sum(file.disordered for file in got.files)
    faults = []
    if unsorted:
        faults.append(
            f"{unsorted} {'row' if unsorted == 1 else 'rows'} out of order "
            f"{'was' if unsorted == 1 else 'were'} sorted"
        )
    if averaged:
        faults.append(f"{averaged} duplicate {'time was' if averaged == 1 else 'times were'} averaged")
    return (f"{got.name}: {', '.join(faults)}",) if faults else ()
