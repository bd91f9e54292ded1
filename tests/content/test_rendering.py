"""What readers get of each thing an author can write."""

import re

import pytest

from tests.content.conftest import Render
from xero_onboard.content.markdown import Rendering


def html(rendering: Rendering) -> str:
    """All HTML of a guide without live parts, its white space folded."""
    assert all(part["kind"] == "html" for part in rendering.parts), rendering.parts
    return folded("".join(part["html"] for part in rendering.parts))


def folded(text: str) -> str:
    return re.sub(r">\s+<", "><", " ".join(text.split())).replace("> ", ">").replace(" <", "<")


def attributes(page: str, tag: str) -> set[str]:
    """The attributes of the first such element, in whatever order."""
    found = re.search(rf'<{tag}((?: [\w-]+="[^"]*")*)>', page)
    return set(re.findall(r'[\w-]+="[^"]*"', found[1])) if found else set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a **b** *c* `d`", "<strong>b</strong>"),
        ("| a | b |\n|---|--:|\n| c | d |", '<td align="right">d</td>'),
        ("a[^1]\n\n[^1]: note", '<li id="fn:1">'),
        ("term\n: meaning", "<dd>meaning</dd>"),
        ("- [x] done\n- [ ] open", '<li class="task-list-item">☑ done</li>'),
        ("para\n{: .lead }", '<p class="lead">para</p>'),
        ("```python\nif a < b:\n```", '<code class="language-python">if a &lt; b:\n</code>'),
        ("~~~\n```\n~~~", "<code>```\n</code>"),
        ("Press <kbd>Enter</kbd>.", "<kbd>Enter</kbd>"),
        ("[there](other.md#place)", 'href="/hc/en-gb/articles/2-other#place"'),
        ("[mail](mailto:{{ support_email }})", 'href="mailto:help@example.com"'),
        ("<https://example.com>", 'href="https://example.com"'),
        ("a<!-- note\n\nto self -->b", "<p>a</p>"),
        ("`<!-- shown -->`", "<code>&lt;!-- shown --&gt;</code>"),
        (
            "{{ product_name }} {{ 7*7 }} {% x %}",
            "Acme &lt;b&gt;Billing&lt;/b&gt; {{ 7*7 }} {% x %}",
        ),
    ],
)
def test_markdown(render: Render, text: str, expected: str) -> None:
    rendering = render(text)

    assert expected in "".join(part["html"] for part in rendering.parts)


@pytest.mark.parametrize("name", ["Warning", "Note", "Tip", "Info", "Check", "Danger"])
def test_a_callout_says_what_kind_it_is(render: Render, name: str) -> None:
    rendering = render(f"<{name}>\nMind the **gap**.\n</{name}>")

    assert f'class="callout callout-{name.lower()}" role="note"' in html(rendering)
    assert "<p>Mind the<strong>gap</strong>.</p>" in html(rendering)


@pytest.mark.parametrize(
    ("alert", "kind"),
    [
        ("NOTE", "note"),
        ("TIP", "tip"),
        ("IMPORTANT", "info"),
        ("WARNING", "warning"),
        ("CAUTION", "danger"),
    ],
)
def test_an_alert_is_a_callout(render: Render, alert: str, kind: str) -> None:
    rendering = render(f"> [!{alert}]\n> Mind\n> - the gap\n\nAfter.")

    assert f"callout-{kind}" in html(rendering)
    assert "<blockquote>" not in html(rendering)
    assert html(rendering).endswith("<p>After.</p>")


def test_steps_are_headings_one_level_below_the_last(render: Render) -> None:
    text = '## Do it\n<Steps>\n<Step title="First">\na\n</Step>\n<Step title="Then {{ product_name }}">\nb\n</Step>\n</Steps>\n## After'

    rendering = render(text)

    assert [(h.level, h.text, h.anchor) for h in rendering.contents] == [
        (2, "Do it", "do-it"),
        (3, "First", "first"),
        (3, "Then Acme <b>Billing</b>", "then-acme-bbillingb"),
        (2, "After", "after"),
    ]
    assert '<ol class="steps"><li class="step"><h3 id="first">First<a' in html(rendering)


def test_indented_children_never_become_code(render: Render) -> None:
    text = """
    <Steps>
        <Step title="One">
            Text that goes
            on.

            - a list
            - of two

            ```sh
            flask run
              --debug
            ```
        </Step>
    </Steps>
"""

    page = html(render(text.replace("\n    ", "\n")))

    assert "<p>Text that goes on.</p><ul><li>a list</li><li>of two</li></ul>" in page
    assert '<pre><code class="language-sh">flask run --debug</code></pre>' in page
    assert page.count("<pre>") == 1


def test_code_inside_a_component_keeps_its_own_indentation(render: Render) -> None:
    rendering = render("<Note>\n    ```\n    a\n      b\n    ```\n</Note>")

    assert "<pre><code>a\n  b\n</code></pre>" in rendering.parts[0]["html"]


def test_tags_inside_code_are_text(render: Render) -> None:
    page = html(render("```\n<Step>\n<Nonsense>\n```\nand `<Steps>` here"))

    assert "&lt;Nonsense&gt;" in page
    assert "<code>&lt;Steps&gt;</code>" in page


def test_a_picture_knows_its_size_and_loads_late(render: Render) -> None:
    page = html(
        render(
            '<Frame caption="As {{ product_name }} shows it">\n![A "form"](images/there.png)\n</Frame>'
        )
    )

    assert attributes(page, "img") == {
        *('alt="A &quot;form&quot;"', 'src="/hc/article_attachments/7/there.png"'),
        *('width="30"', 'height="20"', 'loading="lazy"'),
    }
    assert "<figcaption>As Acme &lt;b&gt;Billing&lt;/b&gt; shows it</figcaption>" in page


def test_tabs_and_accordions_have_places_of_their_own(render: Render) -> None:
    text = (
        '## Phone\n<Tabs>\n<Tab title="Phone">\na\n</Tab>\n</Tabs>\n'
        '<AccordionGroup>\n<Accordion title="Phone" open>\nb\n</Accordion>\n</AccordionGroup>'
    )

    page = html(render(text))

    assert 'id="phone"' in page
    assert attributes(page, "section") == {'class="tab"', 'id="phone-2"', 'data-title="Phone"'}
    assert attributes(page, "details") == {'class="accordion"', 'id="phone-3"', 'open=""'}


def test_cards_link_to_guides(render: Render) -> None:
    text = '<CardGroup cols="3">\n<Card title="A &quot;b&quot;" href="other.md">\nText\n</Card>\n<Card title="Plain">\n</Card>\n</CardGroup>'

    page = html(render(text))

    assert "cards cards-3" in page
    assert '<a href="/hc/en-gb/articles/2-other" rel="noopener">A "b"</a>' in page


def test_live_parts_cut_the_html(render: Render) -> None:
    text = """
Before.
<Connect provider="xero" />
<When connection="active degraded">
  ## Only then
  <Note>
  You are <ConnectionStatus />
  </Note>
</When>
""".replace("You are <ConnectionStatus />", "<ConnectionStatus />")

    rendering = render(text + '<Connect provider="xero" />')

    kinds = [part["kind"] for part in rendering.parts]
    when = rendering.parts[2]
    assert kinds == ["html", "connect", "when", "connect"]
    assert [rendering.parts[index]["anchor"] for index in (1, 3)] == ["connect", "connect-2"]
    assert when["states"] == ["active", "degraded"]
    assert [part["kind"] for part in when["parts"]] == ["html", "status", "html"]
    assert rendering.contents == (), "a heading that not everybody sees is in nobody's contents"


def test_a_checked_step_gets_its_tick_after_its_title(render: Render) -> None:
    rendering = render(
        '<Steps>\n<Step title="Connect" check="xero.connected">\nText\n</Step>\n</Steps>'
    )

    before, tick, after = rendering.parts
    assert '<h2 id="about-connect">Connect<a' in before["html"]
    assert before["html"].strip().endswith("</h2>")
    assert tick == {"kind": "tick", "check": "xero.connected"}
    assert "<p>Text</p>" in after["html"]


def test_footnotes_and_references_reach_across_components(render: Render) -> None:
    text = "<Note>\nSee[^1] and [there][t].\n</Note>\n\n<Tip>\nAlso[^1].\n</Tip>\n\n[^1]: Once.\n[t]: other.md"

    page = html(render(text))

    assert page.count('class="footnote"') == 1
    assert page.count('href="#fn:1"') == 2
    assert 'href="/hc/en-gb/articles/2-other"' in page


def test_a_component_inside_a_list_stays_there(render: Render) -> None:
    page = html(render("1. One\n\n    <Note>\n    Inside\n    </Note>\n\n2. Two"))

    assert page.startswith("<ol><li><p>One</p><div")
    assert page.endswith("<li><p>Two</p></li></ol>")


def test_components_nest(render: Render) -> None:
    text = '<Tabs>\n <Tab title="T">\n  <Steps>\n   <Step title="S">\n    <Warning>\n     <Frame>\n      ![P](images/there.png)\n     </Frame>\n    </Warning>\n   </Step>\n  </Steps>\n </Tab>\n</Tabs>'

    page = html(render(text))

    positions = [
        page.index(mark)
        for mark in ("tabs", 'class="tab"', "steps", "callout-warning", "frame", "<img")
    ]
    assert positions == sorted(positions)


def test_headings_do_not_take_the_names_of_the_page(render: Render) -> None:
    rendering = render("## Connect\n\n## Main\n\n## Connect")

    assert [heading.anchor for heading in rendering.contents] == [
        "about-connect",
        "about-main",
        "about-connect_1",
    ]


def test_each_heading_has_a_link_to_itself(render: Render) -> None:
    page = html(render('## Say "*a < b*" in {{ product_name }} {#say}'))

    assert attributes(page, "a") == {
        *('class="heading-anchor"', 'href="#say"', 'rel="noopener"'),
        'aria-label="Link to “Say &quot;a &lt; b&quot; in Acme &lt;b&gt;Billing&lt;/b&gt;”"',
    }


def test_plain_text_is_what_can_be_read(render: Render) -> None:
    rendering = render(
        "## One\nTwo &amp; **three**\n\n| a | b |\n|---|---|\n| c | {{ product_name }} |"
    )

    assert rendering.text == "One Two & three a b c Acme <b>Billing</b>"
