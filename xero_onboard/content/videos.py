"""Videos of other sites: the player that an address means, and the page where the video is watched without it.

A player stands in a page only when its reader asks for it, and only of hosts that the operator names: the addresses
here are made anew from what was read, so that nothing else of what an author wrote reaches the frame.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

# As browsers write addresses: no blanks, quotes or backslashes, which they would read in ways of their own.
_ADDRESS = re.compile(r"https://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z0-9-]+")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TIME = re.compile(r"(?:(\d{1,2})h)?(?:(\d{1,3})m)?(?:(\d{1,5})s?)?", re.ASCII)
_FILE = re.compile(r"\.(?:mp4|webm|mov|m4v|ogv|ogg|avi)$", re.IGNORECASE)
_AT_VIMEO = re.compile(
    r"/(?:video/|channels/[^/]+/|groups/[^/]+/videos/)?(\d{1,20})(?:/([0-9a-f]{4,40}))?/?"
)


class BadVideo(Exception):
    """There is no video to show at this address; the message says why, and what to do."""


@dataclass(frozen=True)
class Video:
    """One video: its player, the host of that, and the page of its own that it has there."""

    host: str
    # It begins to play: whoever sees it has pressed Play.
    player: str
    page: str


@dataclass(frozen=True)
class _Site:
    """A site with videos: its hosts, and how an address is read that leads there."""

    name: str
    serves: Callable[[str], bool]
    read: Callable[[SplitResult, int], Video | None]


def allowed_video(src: str, start: str, hosts: Collection[str]) -> Video:
    """The video at this address, if its player is of one of these hosts; raises BadVideo."""
    video = read_video(src, start)
    if video.host not in hosts:
        raise BadVideo(
            f"videos of {video.host} are not shown here: link to {video.page} instead,"
            f" or ask whoever runs this site to add {video.host} to the setting VIDEO_HOSTS"
        )
    return video


def read_video(src: str, start: str = "") -> Video:
    """The video at this address, of whatever host; raises BadVideo."""
    at = _taken_apart(src)
    host = at.hostname or ""
    seconds = _seconds(start) if start else _begins_at(at)
    for site in _SITES:
        if site.serves(host):
            found = site.read(at, seconds)
            if found is None:
                raise BadVideo(
                    f"“{src}” leads to no video of {site.name}: open the video there and copy its address"
                )
            return found
    if start:
        known = ", ".join(site.name for site in _SITES)
        raise BadVideo(f"start works for videos of {known} only: say it in the address itself")
    return Video(host, src, src)


def is_known(host: str) -> bool:
    """Whether we know how the site at this host gives its videos."""
    return any(site.serves(host) for site in _SITES)


def in_words(part: Mapping[str, Any]) -> str:
    """What is read of a video where it cannot be played."""
    return f"{part['title']} {part['caption']}".strip()


def as_link(part: Mapping[str, Any]) -> str:
    """The video as HTML for other places: a link, since nothing there asks before it loads."""
    link = f'<p><a href="{escape(part["page"])}">{escape(part["title"])}</a></p>'
    caption = f"<figcaption>{escape(part['caption'])}</figcaption>" if part["caption"] else ""
    return f'<figure class="video">{link}{caption}</figure>'


def _taken_apart(src: str) -> SplitResult:
    if not src.lower().startswith("https://"):
        if _FILE.search(src.partition("?")[0]):
            raise BadVideo(
                "a file with a video cannot be kept here: give its address at a site for videos"
            )
        raise BadVideo("src must begin with https://")
    try:
        at = urlsplit(src)
        is_plain = _ADDRESS.fullmatch(src) and _HOST.fullmatch(at.netloc.lower())
    except ValueError:
        is_plain = None
    if not is_plain:
        raise BadVideo(
            f"“{src}” is no address of a video: write it without a user’s name, a port or blanks"
        )
    return at


def _seconds(text: str) -> int:
    found = _TIME.fullmatch(text)
    if not text or found is None:
        raise BadVideo(f"start must be seconds, or minutes and seconds as 1m30s, not “{text}”")
    hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def _begins_at(at: SplitResult) -> int:
    """The moment that the address itself names; what is none means the beginning."""
    given = {**parse_qs(at.fragment), **parse_qs(at.query)}
    for name in ("start", "t", "time", "wtime"):
        try:
            return _seconds(given.get(name, [""])[0])
        except BadVideo:
            continue
    return 0


def _parts(at: SplitResult) -> list[str]:
    return [each for each in at.path.split("/") if each]


def _address(place: str, **values: str | int) -> str:
    """The place with those values that there are."""
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{place}?{query}" if query else place


def _youtube(at: SplitResult, seconds: int) -> Video | None:
    parts = _parts(at)
    if at.hostname == "youtu.be":
        name = parts[0] if len(parts) == 1 else ""
    elif parts == ["watch"]:
        name = parse_qs(at.query).get("v", [""])[0]
    else:
        is_one = len(parts) == 2 and parts[0] in ("embed", "shorts", "live", "v")
        name = parts[1] if is_one and parts[1] != "videoseries" else ""
    if not _NAME.fullmatch(name):
        return None
    host = "www.youtube-nocookie.com"
    player = _address(f"https://{host}/embed/{name}", autoplay=1, start=seconds)
    time = f"{seconds}s" if seconds else ""
    return Video(host, player, _address("https://www.youtube.com/watch", v=name, t=time))


def _vimeo(at: SplitResult, seconds: int) -> Video | None:
    found = _AT_VIMEO.fullmatch(at.path)
    if found is None:
        return None
    # What is not public has a second name.
    second = found[2] or parse_qs(at.query).get("h", [""])[0]
    if second and not _NAME.fullmatch(second):
        return None
    host, time = "player.vimeo.com", f"#t={seconds}s" if seconds else ""
    player = _address(f"https://{host}/video/{found[1]}", h=second, dnt=1, autoplay=1)
    page = f"https://vimeo.com/{found[1]}" + (f"/{second}" if second else "")
    return Video(host, player + time, page + time)


def _wistia(at: SplitResult, seconds: int) -> Video | None:
    parts = _parts(at)
    if parts[:-1] not in (["embed", "iframe"], ["medias"]) or not _NAME.fullmatch(parts[-1]):
        return None
    host = "fast.wistia.net"
    place = f"https://{host}/embed/iframe/{parts[-1]}"
    player = _address(place, autoPlay="true", doNotTrack="true", time=seconds)
    if parts[0] == "medias" and not (at.hostname or "").startswith("fast."):
        return Video(
            host, player, _address(f"https://{at.hostname}/medias/{parts[-1]}", wtime=seconds)
        )
    return Video(host, player, _address(place, time=seconds))


def _loom(at: SplitResult, seconds: int) -> Video | None:
    parts = _parts(at)
    if parts[:-1] not in (["share"], ["embed"]) or not _NAME.fullmatch(parts[-1]):
        return None
    host = "www.loom.com"
    player = _address(f"https://{host}/embed/{parts[-1]}", autoplay=1, t=seconds)
    return Video(host, player, _address(f"https://{host}/share/{parts[-1]}", t=seconds))


def _one_of(*hosts: str) -> Callable[[str], bool]:
    return lambda host: host in hosts


# How each gives its player: https://developers.google.com/youtube/player_parameters,
# https://developer.vimeo.com/player/sdk/embed, https://docs.wistia.com/docs/embed-options-and-plugins,
# https://dev.loom.com/docs/embed-sdk/getting-started
_SITES = (
    _Site(
        "YouTube",
        _one_of(
            *("youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be"),
            *("youtube-nocookie.com", "www.youtube-nocookie.com"),
        ),
        _youtube,
    ),
    _Site("Vimeo", _one_of("vimeo.com", "www.vimeo.com", "player.vimeo.com"), _vimeo),
    _Site(
        "Wistia", lambda host: host == "fast.wistia.net" or host.endswith(".wistia.com"), _wistia
    ),
    _Site("Loom", _one_of("loom.com", "www.loom.com"), _loom),
)
