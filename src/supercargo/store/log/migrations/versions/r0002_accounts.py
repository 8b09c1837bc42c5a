"""People, keys and sessions beside the log; no secret among them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["branch_labels", "depends_on", "down_revision", "downgrade", "revision", "upgrade"]

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of accounts."""
    op.create_table(
        "account_person",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("roles", sa.String(255), nullable=False),
        sa.Column("customer", sa.String(120), nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("created_utc", sa.String(20), nullable=False),
    )
    op.create_table(
        "account_key",
        sa.Column("key_id", sa.String(24), primary_key=True),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), sa.ForeignKey("account_person.name"), nullable=False),
        sa.Column("scopes", sa.String(255), nullable=False),
        sa.Column("expires_utc", sa.String(20), nullable=False),
        sa.Column("last_used_utc", sa.String(20), nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
    )
    op.create_table(
        "account_session",
        sa.Column("token_sha256", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(64), sa.ForeignKey("account_person.name"), nullable=False),
        sa.Column("expires_utc", sa.String(20), nullable=False),
    )


def downgrade() -> None:
    """Take the tables of accounts away."""
    for name in ("account_session", "account_key", "account_person"):
        op.drop_table(name)
