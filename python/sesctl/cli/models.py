"""`sesctl models`: what detectors have learnt."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sesctl.cli.options import JsonOption

if TYPE_CHECKING:
    from sesctl.models import ModelFolder

app = typer.Typer(help="List, show and export models.", rich_markup_mode=None)


class Dtypes(StrEnum):
    """Of weights as they are written."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"


@app.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """List, show and export models."""
    if context.invoked_subcommand is None:
        list_models()


@app.command("list")
def list_models(as_json: JsonOption = False) -> None:
    """List detectors that learn, and the models that come with them."""
    from sesctl import registry
    from sesctl.errors import PluginError
    from sesctl.models import shipped_model

    found = []
    for listing in registry.listings():
        if listing.info is None or not listing.info.trainable:
            continue
        try:
            model, problem = shipped_model(listing.info), ""
        except PluginError as error:
            model, problem = None, error.message
        found.append((listing.name, model, problem))
    if as_json:
        import json

        rows = [
            {
                "detector": name,
                "model": str(model.folder) if model else None,
                "hash": model.hash if model else None,
                "bytes": model.bytes if model else None,
                "problem": problem or None,
            }
            for name, model, problem in found
        ]
        print(json.dumps(rows, indent=2))
        return
    from sesctl.cli.terminal import print_table

    print_table(
        "",
        ("detector", "model", "hash", "size"),
        [
            (
                name,
                str(model.folder) if model else problem or "none: train it with `sesctl train`",
                model.hash[:12] if model else "",
                size_text(model.bytes) if model else "",
            )
            for name, model, problem in found
        ],
    )


@app.command("show")
def show(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME|FOLDER", help="A detector or a model folder.", show_default=False),
    ],
    as_json: JsonOption = False,
) -> None:
    """Show a model's card, after checking its files."""
    from sesctl.cli.terminal import printable
    from sesctl.models import NOT_STATED, card_rows, check_card, check_files

    model = _find(name)
    check_files(model)
    card = check_card(model.about.get("card"))
    versions = model.about.get("versions")
    if as_json:
        import json

        content = {
            "detector": model.detector,
            "folder": str(model.folder),
            "hash": model.hash,
            "bytes": model.bytes,
            "calibrated": model.calibration is not None,
            "card": card,
            "versions": versions if isinstance(versions, dict) else {},
        }
        print(json.dumps(content, indent=2))
        return
    state = "came with the detector" if model.shipped else "yours"
    told = ", ".join(f"{k} {v}" for k, v in versions.items()) if isinstance(versions, dict) else NOT_STATED
    rows = [
        ("detector", model.detector),
        *card_rows(card),
        ("calibrated", "yes" if model.calibration else "no"),
        ("versions", told),
        ("hash", model.hash),
        ("size", size_text(model.bytes)),
        ("folder", f"{model.folder} ({state})"),
    ]
    for label, text in rows:
        print(f"{label:10} {printable(text)}")


@app.command("export")
def export(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME|FOLDER", help="A detector or a model folder.", show_default=False),
    ],
    to: Annotated[
        Path, typer.Option("--to", metavar="FOLDER", help="The folder to write.", show_default=False)
    ],
    dtype: Annotated[Dtypes, typer.Option(help="Of the weights: float16 is half the size.")] = Dtypes.FLOAT32,
    onnx: Annotated[
        bool, typer.Option("--onnx", help="Add the network as ONNX, for machines without Keras.")
    ] = False,
) -> None:
    """Write a model once more, for others."""
    from sesctl import registry
    from sesctl.cli.terminal import note
    from sesctl.models import export_model
    from sesctl.pipeline.loading import make_learner

    model = _find(name)
    detector = make_learner(registry.find(model.detector))
    written = export_model(
        model, detector, to, dtype="float16" if dtype is Dtypes.FLOAT16 else "float32", onnx=onnx
    )
    print(f"model: {to} ({size_text(written.bytes)}, {written.hash[:12]})")
    if model.calibration and not written.calibration:
        note("its weights are others now: calibrate it anew with `sesctl calibrate --model`", quiet=False)


def size_text(count: int) -> str:
    """Return a number of bytes as people say it."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"


def _find(name: str) -> "ModelFolder":
    """Return the model in a folder, or the one that comes with a detector of this name."""
    from sesctl import registry
    from sesctl.errors import PluginError
    from sesctl.models import open_model, shipped_model

    folder = Path(name)
    if name not in registry.announced() or "/" in name:
        if folder.exists():
            return open_model(folder)
        try:
            registry.find(name)  # says that there is none, and which is near
        except PluginError as error:
            msg = f"there is no model folder {name}, and {error.message}"
            raise PluginError(msg, error.hint) from error
    model = shipped_model(registry.find(name))
    if model is None:
        msg = f"no model comes with detector {name}"
        raise PluginError(msg, "Train it with `sesctl train`, or name a model folder.")
    return model
