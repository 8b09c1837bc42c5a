"""The event log in SQL: SQLite in a file, or PostgreSQL; append-only, in a chain of hashes, with views beside it."""

from supercargo.store.log.sql_store import LogReader, SqlStore, open_log, read_log

__all__ = ["LogReader", "SqlStore", "open_log", "read_log"]
