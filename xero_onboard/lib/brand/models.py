"""The look that the vendor has given the site, and the one that is being tried; pictures lie beside both."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from xero_onboard.lib.clock import now
from xero_onboard.lib.db import Table, UtcDateTime

WORN, TRIED = 1, 2
LONGEST_ALT = 100
_LONGEST_NAME = 40


class Brand(Table):
    """One look: that which everybody sees, or that which administrators try. Without a row it is the shipped one."""

    __tablename__ = "brand"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # Another one after every change, so that nobody gives readers a look that they have not seen themselves.
    number: Mapped[int]
    light: Mapped[str | None] = mapped_column(String(7))
    # As it was typed; empty where it follows from the light one.
    dark: Mapped[str | None] = mapped_column(String(7))
    logo: Mapped[str | None] = mapped_column(ForeignKey("brand_picture.name"))
    logo_dark: Mapped[str | None] = mapped_column(ForeignKey("brand_picture.name"))
    alt: Mapped[str] = mapped_column(String(LONGEST_ALT), default="", server_default="")
    # Whether the name of the product stands beside the logo, which does not hold it.
    is_named: Mapped[bool] = mapped_column(default=False, server_default=false())
    icon: Mapped[str | None] = mapped_column(ForeignKey("brand_picture.name"))
    is_icon_of_logo: Mapped[bool] = mapped_column(default=False, server_default=false())
    # What is shown of the site where somebody passes on a link to it.
    card: Mapped[str | None] = mapped_column(ForeignKey("brand_picture.name"))


class BrandPicture(Table):
    """A picture as we drew it, under a name made of its bytes, so that its address never shows anything else."""

    __tablename__ = "brand_picture"

    name: Mapped[str] = mapped_column(String(_LONGEST_NAME), primary_key=True)
    content_type: Mapped[str] = mapped_column(String(30))
    width: Mapped[int]
    height: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
