"""Catalogues of events and tables of truth, as files."""

from sesctl.catalogue.coincidences import (
    COINCIDENCE_COLUMNS,
    check_coincidence_file,
    coincidence_rows,
    write_coincidences,
)
from sesctl.catalogue.events import (
    COLUMNS,
    check_writable,
    meta_of,
    meta_path,
    read_events,
    rows_of,
    write_events,
)
from sesctl.catalogue.truth import read_truth, write_truth

__all__ = [
    "COINCIDENCE_COLUMNS",
    "COLUMNS",
    "check_coincidence_file",
    "check_writable",
    "coincidence_rows",
    "meta_of",
    "meta_path",
    "read_events",
    "read_truth",
    "rows_of",
    "write_coincidences",
    "write_events",
    "write_truth",
]
