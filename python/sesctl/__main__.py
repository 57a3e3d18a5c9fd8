"""The program: `sesctl` and `python -m sesctl`."""

import sys

from sesctl.errors import SesctlError


def main() -> None:
    """Run the command line; an expected error is one line and a next step, exit status 1."""
    from sesctl.cli import app

    try:
        app(prog_name="sesctl")
    except SesctlError as error:
        hint = f" {error.hint}" if error.hint else ""
        print(f"error: {error.message}.{hint}" if hint else f"error: {error.message}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of a pipe has gone; leave without a word, and keep Python from flushing into it.
        sys.stdout = None
        sys.exit(1)


if __name__ == "__main__":
    main()
