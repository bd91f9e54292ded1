"""Whether a text says what it said: the words of one piece of HTML against those of another."""

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from xero_onboard.content.foreign.surroundings import Note
from xero_onboard.content.foreign.tree import BLOCKS, ENDLESS, FILMS, GONE

_BREAKS = BLOCKS | {"br"}
_UNSEEN = re.compile(r"[\u200b-\u200d\u2060\ufeff\u00ad]")


def words_of(tree: Tag) -> list[str]:
    """Every word that a reader sees, in order."""
    pieces: list[str] = []
    waiting: list[Tag | NavigableString | str] = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Tag):
            space = " " if each.name in _BREAKS else ""
            inner = [child for child in each.children if isinstance(child, Tag | NavigableString)]
            waiting += [space, *reversed(inner), space]
        else:
            pieces.append(str(each))
    return _UNSEEN.sub("", "".join(pieces)).split()


def words_of_page(html: str) -> list[str]:
    """The words of what we have rendered."""
    tree = BeautifulSoup(f"<div>{html}</div>", "html.parser")
    forget_anchors(tree)
    forget_ours(tree)
    return words_of(tree)


def forget_anchors(tree: Tag) -> None:
    """Take out the sign that pages of ours put beside each heading."""
    for link in tree.select("a.heading-anchor"):
        link.decompose()


def forget_ours(tree: Tag) -> None:
    """Take out what a callout is called."""
    for title in tree.select("p.callout-title"):
        title.decompose()


def lost(html: str, tree: Tag) -> list[Note]:
    """Whether the tree has other words than the HTML it was made of, but for what is never read and what was added."""
    before = BeautifulSoup(f"<div>{html}</div>", "html.parser")
    for text in before.find_all(string=lambda found: isinstance(found, PreformattedString)):
        text.extract()
    for tag in before.find_all([*GONE, *FILMS]):
        if tag.name in ENDLESS:
            tag.unwrap()
        else:
            tag.decompose()
    forget_anchors(before)
    after = BeautifulSoup(str(tree), "html.parser")
    for tag in after.select("[data-added]"):
        tag.decompose()
    old, new = "".join(words_of(before)), "".join(words_of(after))
    if old == new:
        return []
    place = next(
        (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b),
        min(len(old), len(new)),
    )
    return [
        Note(1, f"words were lost while reading, near “{old[max(0, place - 20) : place + 40]}”")
    ]


def summary(html: str) -> str:
    """The first paragraph in words, to say what a guide is about."""
    tree = BeautifulSoup(f"<div>{html}</div>", "html.parser")
    for tag in tree.find_all([*GONE, *FILMS]):
        tag.decompose()
    forget_ours(tree)
    for paragraph in tree.find_all("p"):
        words = " ".join(words_of(paragraph))
        if words:
            return words
    return " ".join(words_of(tree))
