"""The place of a model that is being trained: a folder beside it until it is whole, then the model itself."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sesctl.errors import OutputError, PluginError, ReadError
from sesctl.models import ModelFolder, open_model

RUN = "run.json"
UNNAMED = ("settings", "until")
"""Groups of a description whose entries say by themselves what they are."""


@dataclass(frozen=True, kw_only=True)
class ModelPlace:
    """Where a model is to be.

    Parameters
    ----------
    to : Path
        The model folder. It is written whole or not at all.
    """

    to: Path

    @property
    def beside(self) -> Path:
        """Folder of an unfinished training: what it is, and its checkpoint."""
        return self.to.with_name(f".{self.to.name}.training")

    @property
    def checkpoint(self) -> Path:
        """The checkpoint's file."""
        return self.beside / "checkpoint.safetensors"

    def check(self) -> None:
        """Refuse a place that is taken by something that is no model, or cannot be written.

        Raises
        ------
        OutputError
            Saying which.
        """
        if (self.to.parent / "zarr.json").is_file():
            msg = f"{self.to} lies in the archive {self.to.parent}"
            raise OutputError(msg, "Name a folder elsewhere.")
        try:
            if self._replaced.is_dir() and not self.to.exists():
                self._replaced.rename(self.to)  # the program was ended while it replaced a model
        except OSError as error:
            msg = f"the model folder {self.to} cannot be written ({error.strerror})"
            raise OutputError(msg, f"The model that it held lies in {self._replaced}.") from error
        self._present()
        try:
            self.to.parent.mkdir(parents=True, exist_ok=True)
            self.beside.mkdir(exist_ok=True)
            (self.beside / ".writable").touch()
            (self.beside / ".writable").unlink()
        except OSError as error:
            msg = f"the model folder {self.to} cannot be written ({error.strerror})"
            raise OutputError(msg, "Name a folder that is writable, or can be made.") from error

    def finished(self, made_from: Mapping[str, Any], *, overwrite: bool) -> ModelFolder | None:
        """Return the model that is there already, made from the same; None if it is still to be made.

        Parameters
        ----------
        made_from : mapping
            What the model depends on, as JSON gives it back.
        overwrite : bool
            Take one made from anything else for none.

        Raises
        ------
        OutputError
            If there is one made from something else, naming the first difference.
        """
        model = self._present()
        if model is None:
            return None
        difference = first_difference(model.about.get("made_from", {}), made_from)
        if not difference:
            return model
        if overwrite:
            return None
        msg = f"{self.to} is there already, with {difference}"
        raise OutputError(
            msg, "Name another folder, go on from this one with --from, or replace it with --overwrite."
        )

    def begin(self, run: Mapping[str, Any]) -> bool:
        """Write down what is being trained; return whether a training of the same was begun before.

        Raises
        ------
        OutputError
            If another training was begun, naming the first difference.
        ReadError
            If what was begun cannot be read.
        """
        path = self.beside / RUN
        if path.exists():
            try:
                begun = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                msg = f"{path} cannot be read ({error})"
                raise ReadError(msg, f"Remove {self.beside} to begin again.") from error
            difference = first_difference(begun if isinstance(begun, dict) else {}, run)
            if difference:
                msg = f"{self.beside} holds an unfinished training with {difference}"
                raise OutputError(msg, "Go on with its options, or remove it to begin again.")
            return self.checkpoint.exists()
        part = path.with_suffix(".part")
        part.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
        part.replace(path)
        return False

    def leave(self) -> None:
        """Remove the folder beside where no checkpoint was written: nothing would be lost."""
        if self.beside.is_dir() and not self.checkpoint.exists() and not self._replaced.exists():
            shutil.rmtree(self.beside)

    def part(self) -> Path:
        """Return an empty folder in which the model is put together."""
        part = self.beside / "model"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        return part

    def finish(self, part: Path) -> None:
        """Put the model in its place in one step, and remove what was beside it.

        A model that is replaced is moved aside first, and removed when the new one is there.
        """
        try:
            if self.to.exists():
                self.to.rename(self._replaced)
            part.rename(self.to)
            shutil.rmtree(self.beside)
        except OSError as error:
            msg = f"the model folder {self.to} cannot be written ({error.strerror})"
            raise OutputError(msg, f"What was learnt lies in {self.beside}.") from error

    @property
    def _replaced(self) -> Path:
        return self.beside / "replaced"

    def _present(self) -> ModelFolder | None:
        if not self.to.exists():
            return None
        try:
            return open_model(self.to)
        except PluginError as error:
            if self.to.is_dir() and not any(self.to.iterdir()):
                return None
            msg = f"{self.to} is there already, and no model: {error.message}"
            raise OutputError(msg, "Name another folder.") from error


def first_difference(had: Mapping[str, Any], wants: Mapping[str, Any], place: str = "") -> str:
    """Return the first thing in which two descriptions differ, in words, or nothing."""
    for name in dict.fromkeys([*wants, *had]):
        one, other = had.get(name), wants.get(name)
        where = "" if name in UNNAMED else f"{place} {name}".strip().replace("_", " ")
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            found = first_difference(one, other, where)
            if found:
                return found
        elif one != other:
            return f"{where} {_short(one)}, not {_short(other)}"
    return ""


def _short(value: Any) -> str:
    text = "none" if value is None else json.dumps(value, ensure_ascii=False).strip('"')
    return text if len(text) <= 24 else f"{text[:12]}…"
