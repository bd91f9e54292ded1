"""Links by which somebody else connects, and what is told of organisations to choose from."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "errand",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("environment", sa.String(length=10), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("browser_digest", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=200), nullable=True),
        sa.Column("organisation", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_errand_customer_id_customer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["user.id"],
            name=op.f("fk_errand_asked_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errand")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_errand_token_digest")),
    )
    with op.batch_alter_table("errand", schema=None) as batch_op:
        for name in ("customer_id", "asked_by_id", "email", "expires_at"):
            batch_op.create_index(batch_op.f(f"ix_errand_{name}"), [name], unique=False)
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("errand_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("taken_from_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_attempt_errand_id_errand"),
            "errand",
            ["errand_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_attempt_taken_from_id_user"),
            "user",
            ["taken_from_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_index(batch_op.f("ix_attempt_errand_id"), ["errand_id"], unique=False)
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        for name in ("is_demo", "is_practice"):
            batch_op.add_column(
                sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)
            )


def downgrade() -> None:
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.drop_column("is_practice")
        batch_op.drop_column("is_demo")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_errand_id"))
        batch_op.drop_constraint(batch_op.f("fk_attempt_taken_from_id_user"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_attempt_errand_id_errand"), type_="foreignkey")
        batch_op.drop_column("taken_from_id")
        batch_op.drop_column("errand_id")
    op.drop_table("errand")
