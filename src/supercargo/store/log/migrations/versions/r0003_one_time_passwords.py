"""Until when a password made by an administrator opens; empty for one that its person chose."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["branch_labels", "depends_on", "down_revision", "downgrade", "revision", "upgrade"]

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Passwords that are there already were chosen by their people."""
    op.add_column("account_person", sa.Column("once_until_utc", sa.String(20), nullable=False, server_default=""))


def downgrade() -> None:
    """Take the column away."""
    op.drop_column("account_person", "once_until_utc")
