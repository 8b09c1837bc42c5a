"""A browser that does not work costs seconds, not minutes, and is told by name."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests import browsers


def fake(folder: Path, script: str) -> str:
    place = folder / "chromium"
    place.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    place.chmod(0o755)
    return str(place)


def test_a_browser_that_starts_and_never_answers_is_given_up_within_the_time_and_nothing_is_left_at_work(
    tmp_path: Path,
) -> None:
    place = fake(tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 300")
    began = time.monotonic()
    assert "opens no page within 4 s" in browsers.why_unfit(place, within_s=4.0)
    assert time.monotonic() - began < 15.0
    written = tmp_path / "pid"
    number = written.read_text("utf-8").strip() if written.exists() else "none"
    ends = time.monotonic() + 5.0
    while Path(f"/proc/{number}").exists() and time.monotonic() < ends:
        time.sleep(0.05)
    assert not Path(f"/proc/{number}").exists()


def test_a_browser_that_ends_at_once_is_told_with_its_own_words(tmp_path: Path) -> None:
    assert "opens no page: " in browsers.why_unfit(fake(tmp_path, "echo broken >&2; exit 3"), within_s=15.0)


def test_a_test_with_a_browser_that_opens_no_page_is_skipped_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = fake(tmp_path, "exit 3")
    monkeypatch.setattr(browsers, "installed", lambda: place)
    with pytest.raises(pytest.skip.Exception, match=f"{place} opens no page"), browsers.chromium():
        pass
