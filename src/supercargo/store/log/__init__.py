"""The event log in SQL: SQLite in a file, or PostgreSQL; append-only, in a chain of hashes, with views beside it."""

from supercargo.store.log.backups import Source, backup_log, restore_log, source_of
from supercargo.store.log.engines import place_of, store_url
from supercargo.store.log.exporting import export_log, last_receipt, verify_export, verify_log
from supercargo.store.log.signing import Signer, key_beside, make_key, read_public_key, read_signer
from supercargo.store.log.sql_store import LogReader, SqlStore, note_in, open_log, read_log, rebuild_log

__all__ = [
    "LogReader",
    "Signer",
    "Source",
    "SqlStore",
    "backup_log",
    "export_log",
    "key_beside",
    "last_receipt",
    "make_key",
    "note_in",
    "open_log",
    "place_of",
    "read_log",
    "read_public_key",
    "read_signer",
    "rebuild_log",
    "restore_log",
    "source_of",
    "store_url",
    "verify_export",
    "verify_log",
]
