"""Players of other sites in a page, as our videos."""

from collections.abc import Collection, Mapping, Sequence
from html import escape, unescape

from xero_onboard.content.mintlify.dialect import FRAMED
from xero_onboard.content.mintlify.mdx import Element
from xero_onboard.content.mintlify.sheet import Line
from xero_onboard.content.mintlify.talking import Talk
from xero_onboard.content.videos import BadVideo, allowed_video


def video_of(element: Element, hosts: Collection[str], talk: Talk) -> str:
    """The element as our component; raises BadVideo."""
    if element.name not in FRAMED:
        raise BadVideo("files with videos are not kept here")
    src = unescape(source_of(element))
    page = allowed_video(f"https:{src}" if src.startswith("//") else src, "", hosts).page
    if not element.attrs.get("title"):
        talk.lost(element.number, f"<{element.name}> has no title: “Video” stands in")
    _leave_out(element, ("src", "title", "caption"), talk)
    said = {
        "src": page,
        "title": element.attrs.get("title") or "Video",
        "caption": element.attrs.get("caption"),
    }
    return f"<Video{written_as(said)} />"


def source_of(element: Element) -> str:
    """The address of what the element plays; empty where there is none."""
    inner = [each for each in element.children if isinstance(each, Element)]
    return next((src for each in (element, *inner) if (src := each.attrs.get("src"))), "")


def framed(frame: Element, inner: Sequence[Line], talk: Talk) -> list[Line]:
    """The video in a frame, which has one of its own and takes the caption; nothing for a frame with something else."""
    said = [line for line in inner if line.text.strip()]
    if len(said) != 1 or not said[0].text.startswith("<Video "):
        return []
    _leave_out(frame, ("caption",), talk)
    caption = "" if " caption=" in said[0].text else written_as(frame.attrs, ("caption",))
    number, text = said[0].number, said[0].text.removesuffix(" />")
    return [Line(frame.number, ""), Line(number, f"{text}{caption} />"), Line(number, "")]


def _leave_out(element: Element, known: Collection[str], talk: Talk) -> None:
    for key in element.attrs:
        if key not in known:
            talk.left_out(element.number, f"{key} of <{element.name}>")


def written_as(attributes: Mapping[str, str | None], names: Collection[str] = ()) -> str:
    """The attributes that have a value, all or those of these names, as they stand in a tag."""
    pairs = [(name, value) for name, value in attributes.items() if name in (names or attributes)]
    return "".join(
        f' {name}="{escape(" ".join(value.split()))}"' for name, value in pairs if value is not None
    )
