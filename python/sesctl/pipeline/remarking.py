"""What observers remarked while an event lasted."""

from collections.abc import Sequence

from sesctl.pipeline.source import Source
from sesctl.types import Catalogue
from sesctl.types.instants import iso


def remarks_on(found: Catalogue, sources: Sequence[Source]) -> tuple[str, ...]:
    """Return a sentence for every remark that touches an event on its dipoles.

    Parameters
    ----------
    found : Catalogue
        The events.
    sources : sequence of Source
        What was scanned.
    """
    sentences = []
    for source in sources:
        remarks = [each for each in source.annotations if each.kind == "remark"]
        for event in found.events:
            if event.station == source.station.name:
                sentences += [
                    f"{event.station}: the event of {iso(event.start)} lies in a remark from "
                    f"{iso(each.start)} to {iso(each.end)}: {each.text}"
                    for each in remarks
                    if each.touches(event.start, event.end, event.dipoles)
                ]
    return tuple(sentences)
