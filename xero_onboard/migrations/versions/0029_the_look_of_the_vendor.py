"""The vendor's colours, logo and icon."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_PICTURES = ("logo", "logo_dark", "icon", "card")


def upgrade() -> None:
    op.create_table(
        "brand_picture",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("content_type", sa.String(30), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_brand_picture")),
    )
    op.create_table(
        "brand",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("light", sa.String(7), nullable=True),
        sa.Column("dark", sa.String(7), nullable=True),
        sa.Column("logo", sa.String(40), nullable=True),
        sa.Column("logo_dark", sa.String(40), nullable=True),
        sa.Column("alt", sa.String(100), server_default="", nullable=False),
        sa.Column("is_named", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("icon", sa.String(40), nullable=True),
        sa.Column("is_icon_of_logo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("card", sa.String(40), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [name], ["brand_picture.name"], name=op.f(f"fk_brand_{name}_brand_picture")
            )
            for name in _PICTURES
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand")),
    )


def downgrade() -> None:
    op.drop_table("brand")
    op.drop_table("brand_picture")
