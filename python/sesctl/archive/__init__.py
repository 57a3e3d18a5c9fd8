"""Years of days on disk: Zarr that other programs open, where a day is old or new, never half.

An archive is a folder and a Zarr v3 group. Each station and sampling interval has a group of its own, such
as ``hkb/10s``, with the arrays ``values`` and ``quality`` (day, channel, sample) and ``committed`` (day).
The day axis counts days since 1970-01-01 UTC, and one shard is one day with all its channels, so that days
arrive in any order. A day exists once a line of the group's journal says so, with the SHA-256 of its shards:

1. the new shards are written beside the old ones, in ``staged``, and forced to disk;
2. one line of the journal, forced to disk, commits them: quality, values and origins at once;
3. the shards are renamed into their places, quality first, and ``committed`` is brought up to date.

A reader takes the shard that has the committed SHA-256, in its place or staged, so that it never meets half
a day, whenever the writer stops. The next writer finishes step 3, or throws staged shards away.
"""

from sesctl.archive.archive import Archive
from sesctl.archive.files import FileEntry
from sesctl.archive.key import GroupKey
from sesctl.archive.merge import Policy
from sesctl.archive.opening import create_or_open, is_archive, open_archive
from sesctl.archive.writable import WritableArchive
from sesctl.archive.write import WriteReport

__all__ = [
    "Archive",
    "FileEntry",
    "GroupKey",
    "Policy",
    "WritableArchive",
    "WriteReport",
    "create_or_open",
    "is_archive",
    "open_archive",
]
