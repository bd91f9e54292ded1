"""The audit log is not replaced either: SQLite takes a row away for another without asking its triggers."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # PostgreSQL has no REPLACE. https://www.sqlite.org/lang_conflict.html
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER audit_refuses_replace BEFORE INSERT ON audit WHEN EXISTS "
            "(SELECT 1 FROM audit WHERE number = NEW.number OR previous = NEW.previous) "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_refuses_replace")
