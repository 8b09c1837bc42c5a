"""Puts in the files that pykep's wheel leaves out: `PYTHON -P pykep_files.py`, run by the Python that has pykep.

The wheel of pykep 3.0.1 lacks four files of sample problems (esa/pykep, issue 217), and the import fails for want of them. We
use none of those problems, so an empty one stands in for each. Nothing but the standard library is needed here, since this
Python has no supercargo.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["put_in"]

_MOST = 20
_IMPORT = """
import os, sys
try:
    import pykep
except FileNotFoundError as error:
    sys.stdout.write(str(error.filename))
    sys.exit(3)
os._exit(0)  # some of its releases abort when a process ends in the common way
"""


def put_in(python: str = sys.executable) -> list[Path]:
    """The files put in, one after another as the import asks for them; raises RuntimeError if that does not mend it."""
    made: list[Path] = []
    while True:
        tried = subprocess.run([python, "-c", _IMPORT], capture_output=True, text=True, check=False)
        if tried.returncode == 0:
            return made
        missing = Path(tried.stdout or "nothing")
        ours = tried.returncode == 3 and "pykep" in missing.parts and missing.suffix == ".json"
        if not ours or missing in made or len(made) == _MOST:
            last = (tried.stderr.strip().splitlines() or [f"the import ended with {tried.returncode}, {missing} is missing"])[
                -1
            ]
            raise RuntimeError(last)
        missing.parent.mkdir(parents=True, exist_ok=True)
        missing.write_text("{}\n")
        made.append(missing)


if __name__ == "__main__":
    try:
        put_in()
    except RuntimeError as failed:
        sys.exit(f"pykep does not import: {failed}")
