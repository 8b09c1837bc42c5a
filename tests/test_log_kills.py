"""A writer that is killed at any instant loses nothing that it had confirmed, and doubles nothing that was sent again."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from supercargo.bench.log_kills import kill_at_random
from tests.event_logs import PostgresServer

KILLS = 100


def test_a_hundred_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    report = kill_at_random(str(tmp_path / "log.sqlite"), tmp_path, kills=KILLS)
    assert (report.lost_count, report.doubled_count, report.findings_count, report.views_differ) == (0, 0, 0, False), asdict(
        report
    )
    assert report.kills_count == KILLS
    assert report.at_work_count >= KILLS // 10, "the kills hit hardly anybody at work: the test shows little"
    assert report.confirmed_count >= KILLS


def test_kills_lose_and_double_nothing_on_postgresql(postgres: PostgresServer, tmp_path: Path) -> None:
    with postgres.database() as url:
        report = kill_at_random(url, tmp_path, kills=30)
        assert report.kept, asdict(report)
        assert report.confirmed_count >= 30
