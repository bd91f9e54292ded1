"""HTML from elsewhere becomes a guide that says the same, and nothing of it runs."""

import re

import pytest

from tests.client import Client
from tests.content.test_hostile import FORBIDDEN, PAYLOADS
from tests.zendesk import HelpCentre, Import

ADDRESS = "/hc/en-us/articles/300-how-to-start"


def prose_of(client: Client, address: str = ADDRESS) -> str:
    """What readers get of the text, without what the page puts beside headings."""
    page = client.get(address).text
    found = re.search(
        r'<div class="prose"[^>]*>(.*?)</div>\s*<section class="votes', page, re.DOTALL
    )
    assert found, page
    prose = re.sub(r'<a class="heading-anchor"[^>]*>#</a>', "", found[1])
    return re.sub(r"\s*\n\s*", "\n", re.sub(r' rel="noopener"', "", prose)).strip()


# What an article says there, and what readers get of it here.
SAME = {
    "<p>A <strong>b</strong>, <em>c</em>, <code>d*e</code> &amp; <kbd>F</kbd>, H<sub>2</sub>O</p>": (
        "<p>A <strong>b</strong>, <em>c</em>, <code>d*e</code> &amp; <kbd>F</kbd>, H<sub>2</sub>O</p>"
    ),
    "<h1>One</h1><h2>Two</h2>": '<h2 id="one">One</h2>\n<h3 id="two">Two</h3>',
    "<p>1. no list<br># no heading</p><p>- none * _either_</p>": (
        "<p>1. no list<br>\n# no heading</p>\n<p>- none * _either_</p>"
    ),
    "<ul><li>a<ol><li>b</li></ol></li><li><p>c</p><p>d</p></li></ul>": (
        "<ul>\n<li>a<ol>\n<li>b</li>\n</ol>\n</li>\n<li>\n<p>c</p>\n<p>d</p>\n</li>\n</ul>"
    ),
    '<ol start="3"><li>three</li></ol>': '<ol start="3">\n<li>three</li>\n</ol>',
    '<pre><code class="language-sql">SELECT *\n  FROM a;</code></pre>': (
        '<pre><code class="language-sql">SELECT *\nFROM a;\n</code></pre>'
    ),
    "<blockquote><p>Said</p></blockquote>": "<blockquote>\n<p>Said</p>\n</blockquote>",
    "<table><thead><tr><th>H|1</th><th>H2</th></tr></thead><tbody><tr><td>a<br>b</td><td><p>c</p><p>d</p></td></tr></tbody></table>": (
        "<table>\n<thead>\n<tr>\n<th>H|1</th>\n<th>H2</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>a<br>b</td>\n"
        "<td>c<br>d</td>\n</tr>\n</tbody>\n</table>"
    ),
    "<dl><dt>T</dt><dd>D</dd></dl>": "<dl>\n<dt>T</dt>\n<dd>D</dd>\n</dl>",
    "<hr>": "<hr>",
    "<p>{{ product_name }} {: #x} [a](b) ![c](d) &lt;b&gt; &amp;amp; ~~e~~ http://f.example</p>": (
        "<p>{{ product_name }} {: #x} [a](b) ![c](d) &lt;b&gt; &amp;amp; ~~e~~ http://f.example</p>"
    ),
    '<p>&lt;Connect provider="xero" /&gt;</p><p>import "x"</p>': (
        '<p>&lt;Connect provider="xero" /&gt;</p>\n<p>import "x"</p>'
    ),
    "<div>loose <div>block</div> end</div>": "<p>loose</p>\n<p>block</p>\n<p>end</p>",
    '<p><span style="color:red">plain</span></p>': "<p>plain</p>",
    "<ul><li>1. a</li><li># b<ul><li>c</li></ul></li></ul>": (
        "<ul>\n<li>1. a</li>\n<li># b<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>"
    ),
    "<p>A&nbsp;B</p><p>&nbsp;</p><p> </p><p>C</p>": "<p>A&nbsp;B</p>\n<p>C</p>",
    "<p><b><strong>twice</strong></b></p>": "<p><strong>twice</strong></p>",
}


@pytest.fixture
def read(take_in: Import, centre: HelpCentre, client: Client) -> "Reader":
    return Reader(take_in, centre, client)


class Reader:
    """Takes one article in, and reads it."""

    def __init__(self, take_in: Import, centre: HelpCentre, client: Client) -> None:
        self._take_in, self._centre, self._client = take_in, centre, client
        self.said = ""

    def __call__(self, body: str) -> str:
        self._centre.article(300, "How to start", body)
        self.said = self._take_in()
        return prose_of(self._client)


def test_what_a_guide_can_say_it_says(take_in: Import, centre: HelpCentre, client: Client) -> None:
    for number, body in enumerate(SAME):
        centre.article(300 + number, f"Guide {number}", body)

    said = take_in()

    for number, expected in enumerate(SAME.values()):
        assert prose_of(client, f"/hc/en-us/articles/{300 + number}-guide-{number}") == expected
    assert "To look at" not in said.replace("To look at (1):\n  the site opens", "")


def test_boxes_become_callouts(read: Reader) -> None:
    page = read(
        '<div class="callout callout--warning"><p>Careful.</p></div><p class="note">Note this.</p>'
        '<div class="alert alert-success"><ul><li>Good</li></ul></div>'
    )

    assert re.findall(r'class="callout callout-(\w+)"', page) == ["warning", "note", "check"]
    assert "<p>Careful.</p>" in page
    assert "<li>Good</li>" in page


def test_videos_of_allowed_hosts_stay_videos(read: Reader) -> None:
    page = read(
        '<p>Watch:</p>\n<p><iframe src="//www.youtube.com/embed/abc?start=5" title="Our &quot;film&quot;"></iframe></p>'
        '<ol><li>Look<figure><iframe src="http://player.vimeo.com/video/12"></iframe></figure></li></ol><p>End.</p>'
    )

    players = re.findall(r'data-player="([^"]*)"', page)
    assert players == [
        "https://www.youtube-nocookie.com/embed/abc?autoplay=1&amp;start=5",
        "https://player.vimeo.com/video/12?dnt=1&amp;autoplay=1",
    ]
    assert "Play: Our &#34;film&#34;" in page
    assert re.search(r"<li>(?:(?!</li>).)*Look.*?Play: vimeo\.com.*?</li>", page, re.DOTALL)
    assert "line 2: the video has no title" in read.said
    assert "became a link" not in read.said


def test_what_is_no_video_of_an_allowed_host_becomes_a_link(read: Reader) -> None:
    page = read(
        '<p>Watch:</p>\n<iframe src="https://youtube.com.evil.example/embed/abc" title="Our film"></iframe>'
        '<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td><iframe src="https://www.youtube.com/embed/abc?start=5"></iframe></td></tr></table>'
        '<video><source src="https://files.example.com/a.mp4"></video><iframe src="javascript:alert(1)"></iframe>'
    )

    assert "data-player" not in page
    assert '<a href="https://youtube.com.evil.example/embed/abc">Our film</a>' in page
    assert '<a href="https://www.youtube.com/watch?v=abc&amp;t=5s">www.youtube.com</a>' in page
    assert '<a href="https://files.example.com/a.mp4">files.example.com</a>' in page
    why = "because youtube.com.evil.example is not among the VIDEO_HOSTS here"
    assert (
        f"line 2: <iframe> became a link to https://youtube.com.evil.example/embed/abc, {why}"
        in read.said
    )
    assert (
        "https://www.youtube.com/watch?v=abc&t=5s, because no video can stand where it stood"
        in read.said
    )
    assert "<iframe> leads nowhere and was left out" in read.said


def test_a_video_that_was_told_of_as_a_link_is_a_video_again(read: Reader) -> None:
    """As our own pages tell programs of it."""
    page = read(
        '<figure class="video"><p><a href="https://vimeo.com/12#t=9s">Our film</a></p><figcaption>In brief</figcaption></figure>'
    )

    assert 'data-player="https://player.vimeo.com/video/12?dnt=1&amp;autoplay=1#t=9s"' in page
    assert "Play: Our film" in page
    assert "<figcaption>In brief</figcaption>" in page


def test_what_folds_folds_and_steps_are_steps(read: Reader) -> None:
    page = read(
        "<details><summary>More</summary><p>Inside</p></details>"
        '<ol class="steps"><li><h3>Press</h3><p>The button.</p></li><li><h3>Wait</h3></li></ol>'
    )

    assert "<summary>More</summary>" in page
    assert '<ol class="steps">' in page
    assert "Press</h2>" in page


@pytest.mark.parametrize(
    ("body", "kept", "words"),
    [
        (
            "<blockquote>a<pre>b</pre></blockquote>",
            "<p>a</p>\n<pre><code>b\n</code></pre>",
            "a quotation could not be kept",
        ),
        (
            "<table><tr><th>A</th></tr><tr><th>B</th><td><pre>c</pre></td></tr></table>",
            "<p>A</p>\n<p>B</p>\n<pre><code>c\n</code></pre>",
            "a table could not be kept (<pre> stands in a cell): what stands in it is",
        ),
        (
            "<p><a href='#nowhere'>a</a></p>",
            "<p>a</p>",
            "the link to “#nowhere” leads to no place of this article",
        ),
        (
            "<p><a href='tel:123'>a</a></p>",
            "<p>a</p>",
            "links may not use “tel:”: its words are kept",
        ),
        (
            "<p>a<button onclick='x()'>b</button></p>",
            "<p>ab</p>",
            "the script in onclick of <button> was left out",
        ),
        (
            "<ol type='a'><li>b</li></ol>",
            "<ol>\n<li>b</li>\n</ol>",
            "the letters of a list became numbers",
        ),
        (
            "<ol><li>b</li></ol><ol><li>c</li></ol>",
            "<ol>\n<li>\n<p>b</p>\n</li>\n<li>\n<p>c</p>\n</li>\n</ol>",
            "a list and the one before it became one",
        ),
        ("<p><abbr title='Tax'>T</abbr></p>", "<p>T</p>", "what “T” stands for was left out: Tax"),
    ],
)
def test_what_a_guide_cannot_say_keeps_its_words_and_is_said(
    read: Reader, body: str, kept: str, words: str
) -> None:
    assert read(f"<p>x</p>\n{body}") == f"<p>x</p>\n{kept}"
    assert re.search(rf"article 300 \(en-us\), line 2: .*{re.escape(words)}", read.said)


def test_nothing_that_comes_along_runs(take_in: Import, centre: HelpCentre, client: Client) -> None:
    """Row F1: the same payloads that guides are tried with, in an article and in every name."""
    for number, payload in enumerate(PAYLOADS):
        body = f"<p>before</p>{payload}<table><tr><td>{payload}</td></tr></table>{payload.replace('<', '&lt;')}"
        centre.article(300 + number, payload, body, label_names=[payload])
    centre.section(21, PAYLOADS[0], 1)
    centre.article(400, "In a section", "<p>x</p>", section_id=21)

    take_in()

    for number in range(len(PAYLOADS)):
        page = client.get(f"/hc/articles/{300 + number}", follow_redirects=True).text
        tags = "".join(
            re.findall(
                r"<[a-z](?:[^<>\"]|\"[^\"]*\")*>",
                page[page.index("<main") : page.index('<section class="votes')],
            )
        )
        tags = re.sub(r'(?:aria-label|value|title)="[^"]*"|href="(?:https?:|/hc/)[^"]*"', "", tags)
        assert not FORBIDDEN.search(tags.replace("data-live", "")), tags


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 20_000 + "deep",
        "<b><i>" * 5_000 + "deep",
        "<ul><li>" * 300 + "deep",
        "<blockquote>" * 300 + "deep",
        "<p>" + "[" * 20_000 + "</p>",
        "<p>" + "`a" * 20_000 + "</p>",
        "<table>" + "<tr>" + "<td>x</td>" * 200 + "</tr>" * 3 + "</table>",
        "<table><tr><td colspan=99999 rowspan=99999>x</td></tr></table>",
        "<p>" + "word " * 60_000 + "</p>",
    ],
    ids=range(9),
)
def test_what_would_keep_the_machine_busy_is_taken_in_or_refused_soon(
    take_in: Import, centre: HelpCentre, client: Client, body: str
) -> None:
    """Row F2."""
    centre.article(300, "How to start", body)

    result = take_in.run()

    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert (client.get(ADDRESS).status_code == 200) == (result.exit_code == 0)
