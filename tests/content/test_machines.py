"""What machines get: Markdown without components, and lists of everything."""

from urllib.robotparser import RobotFileParser
from xml.etree.ElementTree import fromstring

import pytest

from tests.client import Client
from tests.content.desk import Desk, png
from xero_onboard.content import machines

ORIGIN = "http://localhost:8000"

SOURCE = """
<Warning title="Mind *this*">
Take care, {{ product_name }}.

- really
</Warning>

## Do it {#do}

<Steps>
  <Step title="Press **Connect**" check="xero.connected">
    <Connect provider="xero" />

    See [the other](second.md#place), `[not](a link)`, [below](#do) and [all](/connect).
  </Step>
  <Step title="Look">
    <Frame caption="The form.">
    ![A form](shot.png)
    </Frame>
    ```sh
    run <Step>
    ```
  </Step>
</Steps>

<Tabs>
<Tab title="Phone">
a
</Tab>
</Tabs>

<CardGroup>
<Card title="Other" href="second.md">
Read
on.
</Card>
</CardGroup>

<When connection="active degraded">
Done.
</When>
<ConnectionStatus />

[ref]: second.md "Title"
"""

LOWERED = """> Index of all guides: <http://localhost:8000/llms.txt>. Read it before you look further.

# First \\*thing\\*

What it is about.

> [!WARNING]
> **Mind \\*this\\***
>
> Take care, Acme Billing.
>
> - really

## Do it

### 1. Press **Connect**

**Connect to Xero:** only a person can do this, in a browser, with the button at <http://localhost:8000/hc/en-gb/articles/101-first#connect>.

See [the other](http://localhost:8000/hc/en-gb/articles/102-second.md#place), `[not](a link)`, [below](http://localhost:8000/hc/en-gb/articles/101-first#do) and [all](http://localhost:8000/connect).

### 2. Look

![A form](http://localhost:8000PICTURE)

The form.

```sh
run <Step>
```

### Phone

a

- [Other](http://localhost:8000/hc/en-gb/articles/102-second.md): Read on.

_For a reader who is connected; or connected while Xero is not answering:_

Done.

_The page itself shows signed-in readers how their connection is._

[ref]: http://localhost:8000/hc/en-gb/articles/102-second.md "Title"
"""


def publish(desk: Desk) -> str:
    desk.write("shot.png", "").write_bytes(png())
    desk.guide(102, "second", "## Place", title="Second", description="About <that>.")
    return desk.publish(101, "first", SOURCE, title="First *thing*")


def test_components_become_plain_markdown(desk: Desk, client: Client) -> None:
    address = publish(desk)
    page = client.get(address).text
    picture = page.partition('src="/hc/article_')[2].partition('"')[0]

    form = client.get(f"{address}.md")

    assert form.content_type == "text/markdown; charset=utf-8"
    assert form.text == LOWERED.replace("PICTURE", f"/hc/article_{picture}")


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        (None, "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("text/markdown", "text/markdown"),
        ("text/markdown, */*;q=0.1", "text/markdown"),
        ("text/plain", "text/plain"),
        ("text/html;q=0.5, text/markdown", "text/markdown"),
        ("text/markdown;q=0", "text/html"),
        ("text/markdownish", "text/html"),
        ("image/png", "text/html"),
        ("\x00;;q=x,,", "text/html"),
    ],
)
def test_the_form_is_the_one_asked_for(
    desk: Desk, client: Client, accept: str | None, mimetype: str
) -> None:
    address = desk.publish(101, "first")

    response = client.get(address, headers={"Accept": accept} if accept else {})

    assert response.mimetype == mimetype
    assert "Accept" in response.vary


ARTICLE = "/hc/en-gb/articles/101-first"
SECTION = "/hc/en-gb/sections/10-connecting"


@pytest.mark.parametrize(
    ("page", "form"),
    [
        (ARTICLE, f"{ARTICLE}.md"),
        (SECTION, f"{SECTION}.md"),
        ("/hc/en-gb", "/llms.txt"),
    ],
)
def test_every_page_has_its_markdown_form(desk: Desk, client: Client, page: str, form: str) -> None:
    desk.publish(101, "first")

    html, markdown = client.get(page), client.get(page, headers={"Accept": "text/markdown"})

    assert (html.mimetype, markdown.mimetype) == ("text/html", "text/markdown")
    assert f'<link rel="alternate" type="text/markdown" href="{form}">' in html.text
    assert markdown.text == client.get(form).text
    for response in (html, markdown):
        assert response.headers.getlist("Link") == [
            f'<{form}>; rel="alternate"; type="text/markdown"',
            '</llms.txt>; rel="describedby"; type="text/markdown"',
            f'<{ORIGIN}{page}>; rel="canonical"',
        ]
        assert "Accept" in response.vary


def test_a_markdown_form_says_where_the_index_is(desk: Desk, client: Client) -> None:
    desk.publish(101, "first")

    for page in (ARTICLE, SECTION):
        links = ", ".join(client.get(f"{page}.md").headers.getlist("Link"))
        assert f'<{page}.md>; rel="alternate"; type="text/markdown"' in links
        assert '</llms.txt>; rel="describedby"; type="text/markdown"' in links


def test_the_index_lists_every_language(desk: Desk, client: Client) -> None:
    other = desk.folder / "fr" / "relier"
    other.mkdir(parents=True)
    text = (desk.folder / "en-gb" / "connecting" / "_section.md").read_text()
    (other / "_section.md").write_text(text.replace("id: 10", "id: 20"))
    guide = desk.guide(102, "premier", section="relier", locale="fr")
    guide.rename(other / "premier.md")
    desk.publish(101, "first")

    index = client.get("/llms.txt").text

    assert f"{ORIGIN}/hc/fr/articles/102-premier.md" in index
    assert f"{ORIGIN}{ARTICLE}.md" in index


@pytest.mark.parametrize("form", ["101-wrong.md", "101.md", "101-first.html.md"])
def test_other_addresses_of_the_markdown_lead_to_it(desk: Desk, client: Client, form: str) -> None:
    address = desk.publish(101, "first")

    assert client.get(f"/hc/en-gb/articles/{form}").headers["Location"] == f"{address}.md"


@pytest.mark.parametrize("path", ["/hc/en-gb/articles/old-name.md", "/help/old.md"])
def test_an_old_name_of_the_markdown_leads_to_it(desk: Desk, client: Client, path: str) -> None:
    address = desk.publish(101, "first", aliases="[old-name, /help/old]")

    assert client.get(path).headers["Location"] == f"{address}.md"


def test_an_old_name_that_ends_like_markdown_leads_to_the_page(desk: Desk, client: Client) -> None:
    address = desk.publish(101, "first", aliases="[/help/old.md]")

    assert client.get("/help/old.md").headers["Location"] == address


def test_llms_txt_lists_every_guide(desk: Desk, client: Client) -> None:
    address = publish(desk)

    lines = client.get("/llms.txt").text.split("\n")

    assert lines[0] == "# Acme Billing help centre"
    assert lines[2].startswith("> ")
    assert [line for line in lines if line.startswith("#")][1:] == ["## Connecting", "## Optional"]
    assert f"- [First \\*thing\\*]({ORIGIN}{address}.md): What it is about." in lines
    assert "About \\<that\\>." in "\n".join(lines)
    assert lines[-2].startswith(f"- [Connecting]({ORIGIN}/hc/en-gb/sections/10-connecting.md): ")


def test_a_long_llms_txt_is_split_by_section(
    desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = desk.publish(101, "first")
    monkeypatch.setattr(machines, "LONGEST_INDEX", 100)

    index = client.get("/llms.txt").text
    section = client.get("/hc/en-gb/sections/10-connecting.md")

    assert f"({ORIGIN}/hc/en-gb/sections/10-connecting.md)" in index
    assert section.mimetype == "text/markdown"
    assert f"({ORIGIN}{address}.md)" in section.text


def test_llms_full_txt_holds_every_guide(desk: Desk, client: Client) -> None:
    publish(desk)

    text = client.get("/llms-full.txt").text

    assert "# First" in text
    assert "# Second" in text


def test_the_sitemap_names_every_page(desk: Desk, client: Client) -> None:
    address = publish(desk)

    response = client.get("/sitemap.xml")

    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    root = fromstring(response.data)  # noqa: S314 - our own answer
    found = [url.text for url in root.findall("s:url/s:loc", names)]
    assert response.mimetype == "application/xml"
    assert f"{ORIGIN}{address}" in found
    assert f"{ORIGIN}/hc/en-gb/sections/10-connecting" in found


def test_robots_may_read_the_guides(client: Client) -> None:
    text = client.get("/robots.txt").text

    assert f"Sitemap: {ORIGIN}/sitemap.xml" in text
    assert "Disallow: /hc/en-gb/articles" not in text


def test_robots_may_read_the_page_of_connections_and_nothing_below_it(client: Client) -> None:
    rules = RobotFileParser()
    rules.parse(client.get("/robots.txt").text.splitlines())

    assert rules.can_fetch("*", "/connect")
    assert not rules.can_fetch("*", "/connect/xero/callback")
    assert not rules.can_fetch("*", "/sign-in")


def test_who_is_connected_in_whichever_way_is_simply_connected(desk: Desk, client: Client) -> None:
    states = "active expiring_soon paused degraded needs_org"
    desk.guide(101, "first", f'<When connection="{states}">\nGo on.\n</When>')
    desk.sync()

    text = client.get("/hc/en-gb/articles/101-first.md").text

    assert "_For a reader who is connected; or about to choose an organisation:_" in text
