"""Model folders: what a detector learnt, what is known of it, and copies for others."""

from sesctl.models.card import FIELDS, NOT_STATED, card_rows, check_card
from sesctl.models.description import describe, read_description
from sesctl.models.export import export_model
from sesctl.models.folder import ModelFolder, check_files, open_model, shipped_model
from sesctl.models.origins import read_origins, write_origins

__all__ = [
    "FIELDS",
    "NOT_STATED",
    "ModelFolder",
    "card_rows",
    "check_card",
    "check_files",
    "describe",
    "export_model",
    "open_model",
    "read_description",
    "read_origins",
    "shipped_model",
    "write_origins",
]
