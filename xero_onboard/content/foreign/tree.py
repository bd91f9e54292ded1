"""HTML from elsewhere as a tree that holds only what a guide can say.

What nobody reads is taken out, and said; what readers here cannot have, such as a frame with a form, becomes a link.
"""

import re
from collections.abc import Callable, Collection, Iterator
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from xero_onboard.content.foreign.surroundings import Note
from xero_onboard.content.videos import BadVideo, is_known, read_video

DEEPEST = 40
_BLOCKS_NAMES = (
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html li main nav ol p pre section"
    " summary table tbody td tfoot th thead tr ul"
)
BLOCKS = frozenset(_BLOCKS_NAMES.split())
HEADING = re.compile(r"h[1-6]")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# The class of a figure that holds a link to a video and perhaps a caption, as our own pages for programs have it.
VIDEO = "video"

# What runs, what styles and what is filled in; none of it is text that a reader of the page was given to read.
_GONE_NAMES = (
    "applet area base canvas datalist frame frameset head input link map math meta noframes"
    " noscript param progress script style svg template title track"
)
GONE = frozenset(_GONE_NAMES.split())
_UNSAFE_NAMES = "applet base frame frameset input link math meta noscript script style svg"
_UNSAFE = frozenset(_UNSAFE_NAMES.split())
FILMS = ("iframe", "video", "audio", "embed", "object")
# In which a site shows its player; the others play a file.
_FRAMES = ("iframe", "embed", "object")
# What the parser takes for the content of these is not theirs.
_ENDLESS_NAMES = "area base frame input link meta param track"
ENDLESS = frozenset(_ENDLESS_NAMES.split())
# Words that lose nothing without these: how they look is up to this site.
_PLAIN_NAMES = (
    "acronym abbr bdi bdo big blink button center data dfn fieldset font form label legend marquee"
    " nobr optgroup option output picture rb rp rt ruby select span textarea time tt u wbr source"
)
_PLAIN = frozenset(_PLAIN_NAMES.split())
_NESTED = (("strong", "b"), ("em", "i"), ("code",), ("a",))

Say = Callable[[Tag, str], None]


def line_of(tag: Tag) -> int:
    """The line of the HTML on which it begins."""
    return tag.sourceline or 1


def attr(tag: Tag, name: str) -> str:
    """One attribute, empty where there is none."""
    value = tag.get(name)
    return " ".join(value) if isinstance(value, list) else str(value or "")


def read(html: str, notes: list[Note], video_hosts: Collection[str]) -> BeautifulSoup:
    """The tree; what was taken out of it is noted."""

    def say(tag: Tag, message: str) -> None:
        notes.append(Note(line_of(tag), message))

    # Beautiful Soup warns of a text that looks like the name of a file or like XML; ours is neither.
    soup = BeautifulSoup(f"<div>{html}</div>", "html.parser")
    _flatten(soup, say)
    for text in soup.find_all(string=lambda found: isinstance(found, PreformattedString)):
        text.extract()
    for tag in soup.find_all(FILMS):
        _film(soup, tag, say, video_hosts)
    for tag in soup.find_all(GONE):
        _take_out(tag, say)
    for tag in list(soup.find_all(True)):
        _without_scripts(tag, say)
        if tag.name in _PLAIN:
            tag.unwrap()
    _unnest(soup)
    _settle_headings(soup)
    _drop_empty(soup)
    soup.smooth()
    return soup


def blocks_in(tag: Tag) -> bool:
    """Whether anything in it begins a line of its own."""
    return any(isinstance(each, Tag) and each.name in BLOCKS for each in tag.descendants)


def _flatten(soup: BeautifulSoup, say: Say) -> None:
    """Nobody nests like this by hand, and every step after this one goes down by calling itself."""
    waiting: list[tuple[Tag, int]] = [(soup, 0)]
    too_deep: list[Tag] = []
    while waiting:
        tag, depth = waiting.pop()
        if depth > DEEPEST:
            too_deep.append(tag)
            continue
        waiting += [(each, depth + 1) for each in tag.children if isinstance(each, Tag)]
    for tag in too_deep:
        say(tag, "this is nested too deeply: only its text is kept")
        texts = [each for each in tag.descendants if isinstance(each, NavigableString)]
        words = " ".join(
            str(each) for each in texts if each.parent and each.parent.name not in GONE
        )
        tag.replace_with(NavigableString(words))


def _film(soup: BeautifulSoup, tag: Tag, say: Say, video_hosts: Collection[str]) -> None:
    """The video, if pages here show those of its host; else a link to it."""
    if tag.parent is None:
        return
    source = tag if attr(tag, "src") or attr(tag, "data") else tag.find("source")
    src = (attr(source, "src") or attr(source, "data")) if isinstance(source, Tag) else ""
    address = _watched_at(src)
    if not address:
        say(tag, f"<{tag.name}> leads nowhere and was left out")
        tag.decompose()
        return
    link = soup.new_tag("a", href=address, attrs={"data-added": ""})
    link.string = " ".join(attr(tag, "title").split()) or urlsplit(address).netloc
    link.sourceline = tag.sourceline
    why_not = _why_not(tag, address, video_hosts)
    if why_not is None:
        figure = soup.new_tag("figure", attrs={"class": VIDEO})
        figure.sourceline = tag.sourceline
        if not attr(tag, "title"):
            say(tag, "the video has no title: give it one that says what it shows")
        tag.replace_with(figure)
        figure.append(link)
        return
    tag.replace_with(link)
    say(link, f"<{tag.name}> became a link to {address}{why_not}")


def _why_not(tag: Tag, address: str, video_hosts: Collection[str]) -> str | None:
    """Why it cannot be shown, to be said after that it is not; None where it can be."""
    if tag.name not in _FRAMES:
        return ""
    if tag.find_parent(["table", "blockquote", "pre", "a", "summary", "dl", *_HEADINGS]):
        return ", because no video can stand where it stood"
    try:
        host = read_video(address).host
    except BadVideo as problem:
        return f": {problem}"
    return None if host in video_hosts else f", because {host} is not among the VIDEO_HOSTS here"


def _watched_at(src: str) -> str:
    """Where people watch what the frame shows."""
    address = f"https:{src}" if src.startswith("//") else src
    try:
        parts = urlsplit(address)
        # What was embedded without protection is there with it.
        known = f"https:{address.partition(':')[2]}" if is_known(parts.hostname or "") else address
        return read_video(known).page
    except BadVideo:
        return address if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _take_out(tag: Tag, say: Say) -> None:
    if tag.parent is None:  # it stood in another one that is gone
        return
    if tag.name in _UNSAFE or tag.get_text(strip=True):
        say(tag, f"<{tag.name}> was left out")
    if tag.name in ENDLESS:
        tag.unwrap()
    else:
        tag.decompose()


def _without_scripts(tag: Tag, say: Say) -> None:
    for name in [each for each in tag.attrs if each.lower().startswith("on")]:
        say(tag, f"the script in {name} of <{tag.name}> was left out")
        del tag[name]
    if tag.name in ("abbr", "acronym") and attr(tag, "title"):
        say(tag, f"what “{tag.get_text(strip=True)}” stands for was left out: {attr(tag, 'title')}")


def _unnest(soup: BeautifulSoup) -> None:
    """Bold within bold is bold, and no link holds another."""
    for names in _NESTED:
        for tag in soup.find_all(names):
            if tag.find_parent(names):
                tag.unwrap()
    for code in soup.find_all("code"):
        inner = [each for each in code.children if isinstance(each, Tag) or str(each).strip()]
        # Nothing in code has a meaning, so that a link goes around it.
        if len(inner) == 1 and isinstance(inner[0], Tag) and inner[0].name == "a":
            link = inner[0]
            link.unwrap()
            code.wrap(soup.new_tag("a", attrs={name: attr(link, name) for name in link.attrs}))


def _settle_headings(soup: BeautifulSoup) -> None:
    """The title is the only heading of the first level."""
    headings = soup.find_all(HEADING)
    down = 1 if any(tag.name == "h1" for tag in headings) else 0
    for tag in headings:
        tag.name = f"h{min(int(tag.name[1]) + down, 6)}"


def _drop_empty(soup: BeautifulSoup) -> None:
    """Editors make room with empty paragraphs; how far blocks stand apart is up to this site."""
    for tag in soup.find_all("p"):
        if not tag.get_text(strip=True) and not tag.find(["img", "a"]) and "id" not in tag.attrs:
            tag.decompose()


def children(tag: Tag) -> Iterator[Tag | NavigableString]:
    """What it holds, without the space between blocks."""
    for each in tag.children:
        if isinstance(each, Tag) or isinstance(each, NavigableString) and str(each).strip():
            yield each
