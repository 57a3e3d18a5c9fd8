"""How an archive's samples were made: compared before work is done, and read where it matters."""

from collections.abc import Mapping
from typing import Any

from sesctl.archive import Archive, GroupKey
from sesctl.archive.layout import as_json
from sesctl.archive.making import other_making
from sesctl.errors import ArchiveError


def check_making(store: Archive, key: GroupKey, making: Mapping[str, Any]) -> None:
    """Refuse to add to a group what was made in another way than its samples.

    Parameters
    ----------
    store : Archive
        The archive.
    key : GroupKey
        The group, which need not be there yet.
    making : mapping
        How the new samples are to be made.

    Raises
    ------
    ArchiveError
        If the group was made in another way; it names the first difference.
    """
    if key not in store.groups():
        return
    differs = other_making(store.provenance(key), as_json(making))
    if differs:
        msg = f"{store.path} holds {key} {differs}"
        raise ArchiveError(msg, "Write to another archive: one group holds samples of one making.")


def distortion_of(provenance: Mapping[str, Any]) -> list[list[float]] | None:
    """Return the galvanic distortion, 2 × 2, with which samples were simulated, or None.

    Parameters
    ----------
    provenance : mapping
        How samples were made; ``of`` leads to what they were made from.
    """
    step: Any = provenance
    while isinstance(step, Mapping):
        simulated = step.get("simulation")
        if isinstance(simulated, Mapping):
            soil = simulated.get("parameters", {}).get("soil", {})
            matrix: list[list[float]] | None = soil.get("distortion")
            return matrix
        step = step.get("of")
    return None


def was_injected(provenance: Mapping[str, Any]) -> bool:
    """Whether samples already hold signals that were put in."""
    step: Any = provenance
    while isinstance(step, Mapping):
        if "injection" in step:
            return True
        step = step.get("of")
    return False
