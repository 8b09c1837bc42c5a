"""The pictures of the documentation are what the program draws today, and every one that a page shows is there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs_pictures import PICTURES, SHOWN, drawn

ROOT = PICTURES.parents[1]


def test_pictures_of_the_documentation_are_what_is_drawn_today(tmp_path: Path) -> None:
    for name, content in drawn(tmp_path).items():
        assert (PICTURES / name).read_text(encoding="utf-8") == content, f"{name}: run python -m tests.docs_pictures"


def test_every_picture_that_a_page_shows_is_kept_and_every_one_kept_is_shown() -> None:
    shown = set()
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            place = (page.parent / target).resolve()
            assert place.is_file(), f"{page.name} shows {target}, which is not there"
            shown.add(place)
    assert shown == {PICTURES / name for name in SHOWN}
    assert shown == set(PICTURES.iterdir())
