"""Read what instruments and people write, as records on a regular grid."""

from sesctl.ingest.read import Reading, read
from sesctl.ingest.station_file import FileChannel, StationFile, read_station_file

__all__ = ["FileChannel", "Reading", "StationFile", "read", "read_station_file"]
