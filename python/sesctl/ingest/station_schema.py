"""The keys of a station file and their types; nothing else is accepted."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class DipoleTable(_Table):
    """One ``[[dipoles]]`` table."""

    name: str
    length_m: Positive | None = None
    azimuth_deg: Finite | None = None
    electrodes: Annotated[list[str], Field(min_length=2, max_length=2)] | None = None
    channel: str | None = None
    unit: str = "mV/km"
    scale: Finite | None = None
    polarity: Literal[1, -1] = 1


class ChannelTable(_Table):
    """One ``[[channels]]`` table: anything measured that is no electric field."""

    name: str
    quantity: str
    unit: str
    channel: str | None = None
    scale: Finite = 1.0


class StationTable(_Table):
    """The whole file."""

    name: str
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-360, le=360)]
    timezone: str
    interval_s: Positive | None = None
    dipoles: list[DipoleTable] = []
    channels: list[ChannelTable] = []
