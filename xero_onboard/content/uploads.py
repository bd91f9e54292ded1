"""Pictures that authors bring: drawn anew, and kept under a name of ours."""

import secrets
from dataclasses import dataclass
from html import escape

from xero_onboard.content import drafts, revisions
from xero_onboard.content.pictures import LARGEST as LARGEST_KEPT
from xero_onboard.content.pictures import read_picture
from xero_onboard.content.references import BadPicture
from xero_onboard.lib.drawing import Drawn, NotDrawable, draw_anew

LARGEST = 5 * 1024 * 1024
# Wider than any column of a guide on the sharpest screen.
WIDEST = 2_000


@dataclass(frozen=True)
class Kept:
    """A picture that a guide can show, with what its author writes for it."""

    address: str
    markdown: str


def keep(article_id: int, body: bytes, alt: str, caption: str) -> Kept:
    """Keep the picture beside the guide; raises BadPicture and NoSuchArticle."""
    place = drafts.opened(article_id).place
    drawn = redraw(body)
    name = f"{secrets.token_hex(8)}.{drawn.ending}"
    picture = read_picture(name, drawn.body)
    revisions.keep_pictures({f"{place.locale}/{place.section}/images/{name}": picture})
    return Kept(picture.shown.address, _markdown(name, alt, caption))


def _markdown(name: str, alt: str, caption: str) -> str:
    # A backslash at the end would take the bracket that closes the words into them.
    plain = alt.replace("\\", "\\\\").replace("[", "(").replace("]", ")")
    words = " ".join(plain.split())
    shown = f"![{words}](images/{name})"
    attribute = f' caption="{escape(caption)}"' if caption else ""
    return f"<Frame{attribute}>\n{shown}\n</Frame>"


def redraw(body: bytes) -> Drawn:
    """The picture alone as a new file that a guide can show; raises BadPicture."""
    if len(body) > LARGEST:
        raise BadPicture(f"is larger than {LARGEST // 1024 // 1024} MB: make it smaller first")
    try:
        return draw_anew(body, widest=WIDEST, most_bytes=LARGEST_KEPT)
    except NotDrawable as error:
        raise BadPicture(str(error)) from error
