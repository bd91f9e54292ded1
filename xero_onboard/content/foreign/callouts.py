"""Boxes that warn, advise and explain, by the names that themes of help centres give them."""

import re

from bs4 import BeautifulSoup, Tag

from xero_onboard.content.foreign.tree import attr

_BOXES = ("div", "aside", "section", "p", "blockquote")
_PARTS = ("title", "body", "icon", "heading", "content")
_WORDS = re.compile(r"[a-z]+")
_KINDS = {
    "Danger": {"danger", "error", "critical"},
    "Warning": {"warning", "warn", "caution", "attention"},
    "Tip": {"tip", "hint"},
    "Check": {"success", "check"},
    "Info": {"info", "important", "information"},
    "Note": {"note", "notice", "callout", "admonition"},
}
# How a callout is called where its author gave it no other name.
_USUAL = {"Danger", "Warning", "Tip", "All set", "Info", "Note"}


def callout_of(tag: Tag) -> str:
    """Which of our callouts it is, empty where it is none."""
    words = _WORDS.findall(attr(tag, "class").lower())
    if tag.name not in _BOXES or not words or any(each in _PARTS for each in words):
        return ""
    return next((kind for kind, names in _KINDS.items() if names & set(words)), "")


def callout_parts(tag: Tag) -> tuple[str, Tag]:
    """Its title, if it has one of its own, and what it says."""
    title = tag.find("p", class_="callout-title", recursive=False)
    body = tag.find("div", class_="callout-body", recursive=False)
    if not (isinstance(title, Tag) and isinstance(body, Tag)):
        return "", tag
    words = " ".join(title.get_text().split())
    return ("" if words in _USUAL else words), body


def box_callouts(soup: BeautifulSoup) -> None:
    """A paragraph or a quotation that is a callout stands in a box from now on."""
    for tag in soup.find_all(["p", "blockquote"]):
        if callout_of(tag):
            box = soup.new_tag("div", attrs={"class": attr(tag, "class")})
            box.sourceline = tag.sourceline
            del tag["class"]
            tag.wrap(box)
            if tag.name == "blockquote":
                tag.unwrap()
