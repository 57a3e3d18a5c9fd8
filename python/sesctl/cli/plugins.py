"""`sesctl plugins`: which detectors there are, and whether they keep their contract."""

from typing import Annotated

import typer

from sesctl.cli.options import JsonOption

app = typer.Typer(help="List, show and check detectors.", rich_markup_mode=None)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of a detector.", show_default=False)]


@app.callback(invoke_without_command=True)
def plugins(context: typer.Context) -> None:
    """List, show and check detectors."""
    if context.invoked_subcommand is None:
        list_plugins()


@app.command("list")
def list_plugins(as_json: JsonOption = False) -> None:
    """List all detectors, broken ones with their reason."""
    from sesctl import registry

    found = registry.listings()
    if as_json:
        import json

        print(
            json.dumps(
                [
                    {
                        "name": each.name,
                        "source": each.source,
                        "usable": each.info is not None,
                        "summary": each.info.summary if each.info else None,
                        "reason": each.reason or None,
                    }
                    for each in found
                ],
                indent=2,
            )
        )
        return
    from sesctl.cli.terminal import print_table

    rows = [
        (
            each.name,
            "ok" if each.info else "broken",
            each.source,
            each.info.summary if each.info else each.reason,
        )
        for each in found
    ]
    print_table("", ("name", "state", "from", "what it is"), rows)


@app.command("show")
def show(name: NameArgument) -> None:
    """Show what a detector wants and does."""
    from sesctl import registry

    info = registry.find(name)
    dipoles = "each by itself, merged by overlap" if info.dipoles == "each" else "all together"
    for label, text in (
        ("name", info.name),
        ("summary", info.summary),
        ("input", info.input),
        ("dipoles", dipoles),
        ("interval", f"{info.interval:g} s"),
        ("context", f"{info.context / 3600:g} h before and after each day"),
        ("cleaning", info.cleaning),
        ("trainable", "yes" if info.trainable else "no"),
    ):
        print(f"{label:10} {text}")


@app.command("check")
def check(name: NameArgument) -> None:
    """Run the contract of detectors on one."""
    from sesctl import registry
    from sesctl.errors import PluginError
    from sesctl.testing import run_checks

    info = registry.find(name)
    registry.make(info)
    results = run_checks(info)
    for each in results:
        print(
            f"{'FAIL' if each.problem else 'ok  '}  {each.claim}{': ' + each.problem if each.problem else ''}"
        )
    failed = sum(bool(each.problem) for each in results)
    if failed:
        msg = f"detector {name} fails {failed} of {len(results)} clauses"
        raise PluginError(msg)
