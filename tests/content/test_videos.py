"""Videos of other sites: shown when their reader asks, of hosts that the operator names, and of no others."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import pytest
from flask import Flask

from tests.client import Client
from tests.content.conftest import Render
from tests.content.desk import Desk
from xero_onboard.content.problems import Broken
from xero_onboard.content.videos import read_video
from xero_onboard.factory import create_app
from xero_onboard.lib.db import db

TUBE = '<Video src="https://youtu.be/dQw4w9WgXcQ" title="The button" caption="In brief" />'
NO_COOKIE = "https://www.youtube-nocookie.com"


@pytest.mark.parametrize(
    ("src", "player", "page"),
    [
        *(
            (src, f"{NO_COOKIE}/embed/a_B-9?autoplay=1", "https://www.youtube.com/watch?v=a_B-9")
            for src in (
                "https://www.youtube.com/watch?v=a_B-9&list=PL1",
                "https://m.youtube.com/watch?v=a_B-9",
                "https://youtu.be/a_B-9?si=tracked",
                "https://www.youtube.com/embed/a_B-9?rel=0",
                "https://www.youtube.com/shorts/a_B-9",
                f"{NO_COOKIE}/embed/a_B-9",
            )
        ),
        (
            "https://vimeo.com/123/abcd1234",
            "https://player.vimeo.com/video/123?h=abcd1234&dnt=1&autoplay=1",
            "https://vimeo.com/123/abcd1234",
        ),
        (
            "https://player.vimeo.com/video/123",
            "https://player.vimeo.com/video/123?dnt=1&autoplay=1",
            "https://vimeo.com/123",
        ),
        (
            "https://acme.wistia.com/medias/abc",
            "https://fast.wistia.net/embed/iframe/abc?autoPlay=true&doNotTrack=true",
            "https://acme.wistia.com/medias/abc",
        ),
        (
            "https://www.loom.com/share/66e145e3?sid=1",
            "https://www.loom.com/embed/66e145e3?autoplay=1",
            "https://www.loom.com/share/66e145e3",
        ),
        *(("https://videos.example.com/e/1?a=b",) * 3,),
    ],
)
def test_an_address_of_any_kind_leads_to_one_player(src: str, player: str, page: str) -> None:
    video = read_video(src)

    assert (video.player, video.page) == (player, page)
    # What an importer or an export writes again is the same video.
    assert read_video(page) == read_video(read_video(page).page)


@pytest.mark.parametrize("start", ["90", "90s", "1m30s"])
def test_a_video_begins_where_its_author_says(start: str) -> None:
    said = read_video("https://youtu.be/abc", start)

    assert said == read_video(f"https://youtu.be/abc?t={start}")
    assert "start=90" in said.player
    assert said.page == "https://www.youtube.com/watch?v=abc&t=90s"
    assert read_video(said.page) == said


# Each with what its author is told.
REFUSED = {
    "https://youtube.com.evil.example/embed/a": "add youtube.com.evil.example to the setting VIDEO_HOSTS",
    "https://evilyoutube.com/watch?v=a": "add evilyoutube.com to the setting VIDEO_HOSTS",
    "https://www.youtube.com@evil.example/embed/a": "without a user’s name",
    "https://user:word@www.youtube.com/embed/a": "without a user’s name",
    "https://www.youtube.com:8443/embed/a": "a port",
    "https://www.youtube.com./embed/a": "no address of a video",
    "https://www.youtube.com\\@evil.example/a": "no address of a video",
    "https://www.youtube.com/embed/a b": "blanks",
    "https://videos.example.com/&quot;onload=&quot;alert(1)": "no address of a video",
    "https://videos.example.com/&lt;script&gt;": "no address of a video",
    "https://ｙoutube.com/watch?v=a": "no address of a video",
    "https://[::1]/watch?v=a": "no address of a video",
    "https://localhost/a": "no address of a video",
    "https://www.youtube.com/embed/../../evil": "no video of YouTube",
    "https://www.youtube.com/watch?v=a%26b": "no video of YouTube",
    "https://www.youtube.com/playlist?list=a": "no video of YouTube",
    "https://player.vimeo.com/video/123?h=%22": "no video of Vimeo",
    "javascript:alert(1)": "must begin with https://",
    "java&#115;cript:alert(1)": "must begin with https://",
    "data:text/html,x": "must begin with https://",
    "//www.youtube.com/embed/a": "must begin with https://",
    "http://www.youtube.com/embed/a": "must begin with https://",
    "videos/a.mp4": "cannot be kept here",
}


@pytest.mark.parametrize("src", REFUSED)
def test_what_is_no_video_of_an_allowed_host_is_refused_with_its_line(
    render: Render, src: str
) -> None:
    text = f'First.\n\n<Video src="{src}" title="x" />'

    with pytest.raises(Broken, match=re.escape(REFUSED[src])) as refused:
        render(text)

    assert refused.value.line == 3


@pytest.mark.parametrize(
    "text",
    [
        '<Video src="https://youtu.be/a" title="x" onload="hit()" />',
        '<Video src="https://youtu.be/a" title="x"><Video src="https://youtu.be/b" title="y" /></Video>',
        '<Video src="https://youtu.be/a" />',
        '<video src="https://videos.example.com/a"></video>',
        'Text <Video src="https://youtu.be/a" title="x" />',
    ],
)
def test_a_tag_that_says_more_or_less_is_refused(render: Render, text: str) -> None:
    with pytest.raises(Broken):
        render(text)


def test_whoever_frames_a_video_is_told_where_its_caption_belongs(render: Render) -> None:
    with pytest.raises(Broken, match="write the caption into <Video>"):
        render(f'<Frame caption="x">\n{TUBE}\n</Frame>')


def test_start_that_is_no_time_is_refused(render: Render) -> None:
    for start in ("soon", "-1", "1:30", "1e9"):
        with pytest.raises(Broken, match="start must be seconds"):
            render(f'<Video src="https://youtu.be/a" title="x" start="{start}" />')
    with pytest.raises(Broken, match="start works for videos of YouTube"):
        render('<Video src="https://videos.example.com/a" title="x" start="9" />')


def test_nothing_in_the_words_of_a_video_becomes_html(desk: Desk, client: Client) -> None:
    words = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
    address = desk.publish(
        101, "film", f'<Video src="https://youtu.be/a" title="{words}" caption="{words}" />'
    )

    page = client.get(address).text

    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3


def policy(client: Client, address: str) -> dict[str, str]:
    said = client.get(address).headers["Content-Security-Policy"].split("; ")
    return {name: value for name, _, value in (each.partition(" ") for each in said)}


def test_a_page_waits_for_its_reader_and_then_shows_this_host_alone(
    desk: Desk, client: Client
) -> None:
    desk.guide(102, "words", "No film here.")
    address = desk.publish(101, "film", f"{TUBE}\n\nText.")

    page = client.get(address).text

    assert "<iframe" not in page
    assert f'data-player="{NO_COOKIE}/embed/dQw4w9WgXcQ?autoplay=1"' in page
    assert re.search(
        r'<a class="video-open" href="https://www\.youtube\.com/watch\?v=dQw4w9WgXcQ"', page
    )
    assert "Play: The button" in page
    assert "loads from www.youtube-nocookie.com" in page
    assert "<figcaption>In brief</figcaption>" in page
    assert policy(client, address)["frame-src"] == NO_COOKIE
    for other in ("/hc/en-gb/articles/102-words", "/hc/en-gb", "/connect"):
        assert "frame-src" not in policy(client, other)


def test_a_video_for_readers_in_another_state_is_in_the_policy_before_they_get_there(
    desk: Desk, client: Client
) -> None:
    address = desk.publish(101, "film", f'<When connection="active">\n{TUBE}\n</When>')

    assert "video-open" not in client.get(address).text
    assert policy(client, address)["frame-src"] == NO_COOKIE


@pytest.fixture
def stricter(app: Flask) -> Iterator[Flask]:
    """The same site, after YouTube was taken out of the setting."""
    chosen = app.extensions["settings"]
    site = create_app(replace(chosen, video_hosts=("player.vimeo.com",)))
    site.test_client_class = Client
    yield site
    with site.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_host_that_is_taken_out_of_the_setting_leaves_a_link(desk: Desk, stricter: Flask) -> None:
    address = desk.publish(101, "film", TUBE)
    client = cast(Client, stricter.test_client())

    page = client.get(address).text

    assert "data-player" not in page
    assert 'href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"' in page
    assert "frame-src" not in policy(client, address)
    said = "\n".join(replace(desk, app=stricter).sync().lines)
    assert "film.md:12: <Video>: videos of www.youtube-nocookie.com are not shown here" in said


def test_machines_searchers_and_other_programs_get_a_link_and_the_words(
    desk: Desk, client: Client
) -> None:
    address = desk.publish(101, "film", f"Before.\n\n{TUBE}\n\nAfter.")
    link = "[The button](https://www.youtube.com/watch?v=dQw4w9WgXcQ)"

    for place in (f"{address}.md", "/llms-full.txt"):
        assert f"Before.\n\n**Video:** {link}\n\nIn brief\n\nAfter." in client.get(place).text
    assert address in client.get("/hc/en-gb/search?query=brief+button").text
    told = json.loads(client.get("/api/v2/help_center/en-gb/articles/101.json").text)
    assert (
        '<a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ">The button</a>'
        in (told["article"]["body"])
    )
    assert "iframe" not in told["article"]["body"]


def test_a_video_stands_in_steps_lists_and_boxes(desk: Desk, client: Client) -> None:
    body = (
        f'<Steps>\n<Step title="One">\n- a\n\n    {TUBE}\n</Step>\n</Steps>\n\n<Note>\n{TUBE}\n</Note>'
        f'\n\n<Tabs>\n<Tab title="T">\n{TUBE}\n</Tab>\n</Tabs>'
    )

    address = desk.publish(101, "film", body)

    assert client.get(address).text.count('class="video-open"') == 3
