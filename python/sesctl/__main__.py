"""The program: `sesctl` and `python -m sesctl`."""

import errno
import io
import logging
import os
import sys

from sesctl.errors import SesctlError

INTERRUPTED = 130


def main() -> None:
    """Run the command line; an expected error is one line and a next step, exit status 1."""
    _prepare_streams()
    from sesctl.cli import app
    from sesctl.cli.terminal import printable

    try:
        try:
            app(prog_name="sesctl")
        finally:
            sys.stdout.flush()
    except SesctlError as error:
        print(f"error: {printable(_sentences(error))}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        # Python must not flush once more into what takes nothing.
        if error.errno == errno.ENOSPC and error.filename is None:
            print(f"error: standard output cannot be written ({error.strerror})", file=sys.stderr)
        elif not isinstance(error, BrokenPipeError):  # where the reader of a pipe has gone, leave in silence
            raise
        sys.stdout = None
        sys.exit(1)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            print("interrupted: nothing is half written, the same command may be run again", file=sys.stderr)
            # What Zarr's event loop was reading nobody waits for any more; it would say so, task by task.
            logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        raise


def _prepare_streams() -> None:
    """Make both streams take any text: a name that the terminal's encoding lacks, or no terminal at all."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller; a file opened next must not take its place
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  # for good
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _sentences(error: SesctlError) -> str:
    if not error.hint:
        return error.message
    stop = "" if error.message.endswith((".", "?", "!")) else "."
    return f"{error.message}{stop} {error.hint}"


if __name__ == "__main__":
    main()
