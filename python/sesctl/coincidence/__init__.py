"""What several dipoles, catalogues or stations show at one time, and how often chance does so."""

from sesctl.coincidence.chance import Chance, chance_coincidences
from sesctl.coincidence.dipoles import merge_dipoles
from sesctl.coincidence.midnight import seen_once
from sesctl.coincidence.stations import merge_station_events, merge_stations

__all__ = [
    "Chance",
    "chance_coincidences",
    "merge_dipoles",
    "merge_station_events",
    "merge_stations",
    "seen_once",
]
