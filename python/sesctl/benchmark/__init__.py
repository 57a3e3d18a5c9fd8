"""Studies that compare detectors with each other and with published figures, from seeds to tables."""

from sesctl.benchmark.leak import refuse_shared_origins, shared_origins

__all__ = ["refuse_shared_origins", "shared_origins"]
