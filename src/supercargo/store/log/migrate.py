"""Steps from one form of the tables to the next, shipped with the package and walked in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from supercargo.kernel import StoreError

__all__ = ["downgrade", "newest", "revision_of", "upgrade"]


def _scripts() -> tuple[Config, ScriptDirectory]:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config, ScriptDirectory.from_config(config)


def newest() -> str:
    """The last step that this version of the program knows."""
    return str(_scripts()[1].get_current_head())


def revision_of(connection: Connection) -> str | None:
    """The step that the tables stand at; None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest form, inside the caller's transaction.

    Raises StoreError for tables that a newer version of the program made.
    """
    at = revision_of(connection)
    config, scripts = _scripts()
    if at is not None and at not in {script.revision for script in scripts.walk_revisions()}:
        fix = "use the version of supercargo that wrote it, or a newer one"
        raise StoreError(f"the store is of form {at}, this version knows none beyond {newest()}", fix=fix, where="store")
    if at != scripts.get_current_head():
        _walk(connection, config, scripts, lambda revision, context: scripts._upgrade_revs("head", revision))


def downgrade(connection: Connection, target: str = "base") -> None:
    """Take the tables back to an earlier form, inside the caller's transaction; `base` takes all away, events too."""
    config, scripts = _scripts()
    _walk(connection, config, scripts, lambda revision, context: scripts._downgrade_revs(target, revision))


def _walk(connection: Connection, config: Config, scripts: ScriptDirectory, steps: Any) -> None:
    def chosen(revision: Any, context: Any) -> Iterable[Any]:
        return steps(revision, context)  # type: ignore[no-any-return]

    with EnvironmentContext(config, scripts, fn=chosen) as walk:
        walk.configure(connection=connection, transactional_ddl=True, transaction_per_migration=False)
        walk.run_migrations()
