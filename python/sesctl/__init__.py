"""Find seismic electric signals in records of the Earth's electric field."""

__version__ = "0.1.0"
