"""The whole path once: simulate, embed, archive, detect, draw."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from sesctl import registry
from sesctl.archive import create_or_open
from sesctl.catalogue import write_events, write_truth
from sesctl.inject import embed
from sesctl.pipeline.detection import detect
from sesctl.pipeline.judgement import judge
from sesctl.pipeline.loading import load_detector
from sesctl.pipeline.scanning import Scan
from sesctl.pipeline.source import open_sources
from sesctl.pipeline.views import event_views
from sesctl.report import draw_event
from sesctl.synth import simulate
from sesctl.types import Catalogue, Event
from sesctl.types.instants import SECOND
from sesctl.waveforms import SES, Boxcar

STATION = "ota"
DETECTOR = "ses_net"
SEED = 7
FIRST_DAY = dt.date(1999, 1, 17)
ONSET_S = 13 * 3600 + 20 * 60
DURATION_S = 27 * 60.0
AMPLITUDE = 12.0
AZIMUTH_DEG = 30.0


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """What came out of it.

    Parameters
    ----------
    truth : SES
        The signal that was embedded.
    catalogue : Catalogue
        What the detector found.
    nearest : Event or None
        The event that overlaps the truth most.
    pictures : tuple of Path
        One an event.
    """

    truth: SES
    catalogue: Catalogue
    nearest: Event | None
    pictures: tuple[Path, ...]


def run_demo(folder: Path) -> Demonstration:
    """Simulate a day of a station, hide an SES in it, and look for it as a user would.

    Parameters
    ----------
    folder : Path
        Where the archive, the truth, the events and the picture go; what an earlier run left is replaced.

    Returns
    -------
    Demonstration
        Truth and finding side by side.

    Raises
    ------
    SesctlError
        If the folder cannot be written.
    """
    background = simulate(STATION, 1, SEED, first_day=FIRST_DAY)
    record, truth = embed(
        background.record,
        Boxcar(duration_s=DURATION_S),
        onset=background.record.start + ONSET_S * SECOND,
        amplitude=AMPLITUDE,
        azimuth_deg=AZIMUTH_DEG,
        activity_id="demo",
        distortion=background.distortion,
    )
    archive = folder / "archive"
    with create_or_open(archive) as store:
        store.write(record, policy="replace")
    write_truth(truth, folder / "truth.csv")
    info = registry.find(DETECTOR)
    detector, model = load_detector(info)
    judgement = judge(info, detector, model=model)
    sources = open_sources(archive, wanted=info.interval)
    catalogue = detect(sources, info, detector, Scan(), judgement=judgement)
    write_events(catalogue, folder / "events.csv")
    pictures = tuple(
        draw_event(view, folder) for view in event_views(sources, catalogue, info, detector, Scan())
    )
    hidden = truth[0]
    overlaps = {
        event: min(event.end, hidden.end) - max(event.start, hidden.start) for event in catalogue.events
    }
    nearest = max(overlaps, key=overlaps.__getitem__, default=None)
    found = nearest if nearest is not None and overlaps[nearest] > 0 else None
    return Demonstration(truth=hidden, catalogue=catalogue, nearest=found, pictures=pictures)
