"""The pictures of a guide from elsewhere: fetched and named as here, or a link to where they were."""

import re

from bs4 import BeautifulSoup, Tag

from xero_onboard.content.foreign.surroundings import NoPicture, Note, Surroundings
from xero_onboard.content.foreign.tree import attr, line_of

_LONGEST_SHOWN = 200


def settle(soup: BeautifulSoup, surroundings: Surroundings, notes: list[Note]) -> None:
    """Give every picture its name here; what stands in place of one that cannot be had is noted."""
    for image in soup.find_all("img"):
        src = attr(image, "src") or attr(image, "data-src")
        try:
            name = surroundings.picture(src)
        except NoPicture as problem:
            shown = src if len(src) < _LONGEST_SHOWN else f"{src[:60]}…"
            notes.append(
                Note(
                    line_of(image),
                    f"the picture {shown or 'without address'} is missing: {problem}",
                )
            )
            _link_instead(soup, image, src)
            continue
        # A link to the picture itself shows it larger, as every picture of ours does.
        link = image.find_parent("a")
        if isinstance(link, Tag) and attr(link, "href") == attr(image, "src"):
            link.unwrap()
        alt = _alt(image)
        if not alt:
            alt = (
                re.sub(r"[\W_]+", " ", src.rpartition("/")[2].rpartition(".")[0]).strip()
                or "Picture"
            )
            message = f"the picture “{alt}” has no text for those who cannot see it: write one"
            notes.append(Note(line_of(image), message))
        image.attrs = {"src": name, "alt": alt}


def _alt(image: Tag) -> str:
    figure = image.find_parent("figure")
    caption = figure.find("figcaption") if isinstance(figure, Tag) else None
    given = attr(image, "alt") or attr(image, "title")
    words = given or (caption.get_text(" ") if isinstance(caption, Tag) else "")
    return " ".join(words.split())


def _link_instead(soup: BeautifulSoup, image: Tag, src: str) -> None:
    """What the picture showed, in words, and the way to where it was."""
    alt = _alt(image) if attr(image, "alt") or attr(image, "title") else ""
    if not alt:
        image.decompose()
        return
    is_linked = image.find_parent("a") is not None or not src.startswith("https://")
    words = soup.new_tag("em" if is_linked else "a", attrs={} if is_linked else {"href": src})
    words.string = alt
    words.sourceline = image.sourceline
    image.replace_with(words)
