"""The command line: one file a command, heavy imports inside the commands."""

import typer

from sesctl.cli import (
    benchmark,
    calibrate,
    clean,
    coincide,
    demo,
    detect,
    evaluate,
    info,
    ingest,
    inject,
    models,
    plugins,
    spectrogram,
    synth,
    train,
)

app = typer.Typer(
    name="sesctl",
    help="Find seismic electric signals in records of the Earth's electric field.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
)
app.command("demo")(demo.demo)
app.command("ingest")(ingest.ingest)
app.command("info")(info.info)
app.command("clean")(clean.clean)
app.command("spectrogram")(spectrogram.spectrogram)
app.command("synth")(synth.synth)
app.command("inject")(inject.inject)
app.command("train")(train.train)
app.command("detect")(detect.detect)
app.command("calibrate")(calibrate.calibrate)
app.command("evaluate")(evaluate.evaluate)
app.command("coincide")(coincide.coincide)
app.add_typer(benchmark.app, name="benchmark")
app.add_typer(models.app, name="models")
app.add_typer(plugins.app, name="plugins")


def _version(wanted: bool) -> None:
    if wanted:
        import sesctl

        typer.echo(f"sesctl {sesctl.__version__}")
        raise typer.Exit


@app.callback()
def top(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Show the version and exit."
    ),
) -> None:
    """Find seismic electric signals in records of the Earth's electric field."""
