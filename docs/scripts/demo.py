"""Run the demo and put its output and its picture into the README.

Run it from the project's folder, with sesctl installed: ``python docs/scripts/demo.py``.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

README = Path("README.md")
PICTURE = Path("docs/pictures/demo.png")
COLOURS = 64
QUOTED = re.compile(r"(?<=^\$ sesctl demo\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)


def main() -> None:
    """Rewrite the quoted output and the picture."""
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [sys.executable, "-m", "sesctl", "demo", "--quiet"],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        lines = "".join(f"{line.rstrip()}\n" for line in run.stdout.splitlines())
        text, count = QUOTED.subn(lambda _: lines, README.read_text(encoding="utf-8"))
        if count != 1:
            sys.exit(f"{README} quotes the demo {count} times, not once")
        README.write_text(text, encoding="utf-8")
        (drawn,) = Path(folder, "sesctl-demo").glob("*.png")
        # Lines on white need few colours: a third of the bytes, and nobody sees the difference.
        picture = Image.open(drawn).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        picture.save(PICTURE, format="PNG", optimize=True)


if __name__ == "__main__":
    main()
