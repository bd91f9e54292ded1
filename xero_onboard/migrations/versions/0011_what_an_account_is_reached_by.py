"""What an account is reached by: changes of it take three days, and mail knows whose it is."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "new_login",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts_from", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_new_login_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_new_login")),
    )
    with op.batch_alter_table("new_login", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_new_login_counts_from"), ["counts_from"], unique=False)
    with op.batch_alter_table("alternative_address", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint("pk_alternative_address", type_="primary")
        batch_op.create_primary_key("pk_alternative_address", ["user_id", "address"])
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("user_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column("is_farewell", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_index(batch_op.f("ix_mail_user_id"), ["user_id"], unique=False)
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("accepted_by_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_invitation_accepted_by_id_user"),
            "user",
            ["accepted_by_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_invitation_accepted_by_id_user"), type_="foreignkey"
        )
        batch_op.drop_column("accepted_by_id")
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_user_id"))
        batch_op.drop_column("is_farewell")
        batch_op.drop_column("user_id")
    # One of each user is kept: that which does not end.
    op.execute("DELETE FROM alternative_address WHERE ends_at IS NOT NULL")
    with op.batch_alter_table("alternative_address", schema=None) as batch_op:
        batch_op.drop_constraint("pk_alternative_address", type_="primary")
        batch_op.create_primary_key("pk_alternative_address", ["user_id"])
        batch_op.drop_column("ends_at")
    op.drop_table("new_login")
