"""The program: `sesctl` and `python -m sesctl`."""

import re
import sys

from sesctl.errors import SesctlError


def main() -> None:
    """Run the command line; an expected error is one line and a next step, exit status 1."""
    from sesctl.cli import app

    try:
        app(prog_name="sesctl")
    except SesctlError as error:
        print(f"error: {_line(error)}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of a pipe has gone; leave without a word, and keep Python from flushing into it.
        sys.stdout = None
        sys.exit(1)


def _line(error: SesctlError) -> str:
    """Return an error and its next step on one line, whatever characters a path or a file brought in."""
    stop = "" if error.message.endswith((".", "?", "!")) else "."
    text = f"{error.message}{stop} {error.hint}" if error.hint else error.message
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", lambda control: repr(control[0])[1:-1], text)


if __name__ == "__main__":
    main()
