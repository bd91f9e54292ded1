"""Whatever an author writes, nothing runs in a reader's browser and nobody waits long."""

import re
from contextlib import suppress
from time import thread_time

import pytest
from markdown import Markdown

from tests.content.conftest import Render
from xero_onboard.content.problems import Broken
from xero_onboard.content.sanitising import clean_page, clean_prose

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>*{background:url(//evil.example)}</style>",
    "<form action=//evil.example><input name=x></form>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<p style='position:fixed'>x</p>",
    "<img src='https://evil.example/pixel.png'>",
    "<a href='//evil.example'>x</a>",
    "<a href='/\\evil.example'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<base href='//evil.example'>",
    "<div data-live='connect'>x</div>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
]
FORBIDDEN = re.compile(
    r"<script|<svg|<iframe|<style|<form|<math|<base|<meta|\son\w+=|javascript:|data:text|data-live|style=|evil",
    re.I,
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_sanitiser_alone_lets_nothing_through(payload: str) -> None:
    assert not FORBIDDEN.search(clean_page(payload))
    assert not FORBIDDEN.search(clean_prose(payload))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_html_in_a_guide_is_refused(render: Render, payload: str) -> None:
    with pytest.raises(Broken):
        render(f"Text\n\n{payload}")


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript&colon;alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x][y]\n\n[y]: javascript&#58;alert(1)",
        "**x**{onclick=alert(1)}",
        "para\n{: style=position:fixed data-live=connect onmouseover=alert(1) }",
        '<Note title="&lt;script&gt;alert(1)&lt;/script&gt;">\nx\n</Note>',
        '<Frame caption="&quot; onload=&quot;alert(1)">\n![x](images/there.png)\n</Frame>',
        '![x" onerror="alert(1)](images/there.png)',
        "\\<script>alert(1)\\</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_what_looks_harmless_stays_harmless(render: Render, text: str) -> None:
    try:
        page = "".join(part["html"] for part in render(text).parts)
    except Broken:
        return

    tags = "".join(
        re.findall(r"<[a-z](?:[^<>\"]|\"[^\"]*\")*>", re.sub(r'"[^"]*on\w+=[^"]*"', '""', page))
    )
    assert not FORBIDDEN.search(tags), tags


def test_settings_are_text_and_not_html(render: Render) -> None:
    rendering = render(
        "{{ product_name }}\n\n![{{ product_name }}](images/there.png)\n\n`{{ product_name }}`"
    )

    assert "<b>" not in rendering.parts[0]["html"]


def test_a_mark_of_another_rendering_is_text(render: Render) -> None:
    forged = " ".join(f"xo{'0' * 16}{kind}0Z" for kind in "LWEOCFS")

    rendering = render(f'{forged}\n\n<Connect provider="xero" />')

    assert [part["kind"] for part in rendering.parts] == ["html", "connect"]
    assert forged in rendering.parts[0]["html"]


def test_a_text_that_exhausts_the_stack_is_refused(
    render: Render, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhaust(*_: object) -> str:
        raise RecursionError

    monkeypatch.setattr(Markdown, "convert", exhaust)

    with pytest.raises(Broken, match="nested too deeply"):
        render("- a")


SHAPES = [
    *(
        "[",
        "![",
        "[a](",
        "[a](<",
        "](",
        "`",
        "``x`",
        "*",
        "_a ",
        "**a ",
        "<",
        "<a ",
        "<!--",
        "<![CDATA[",
        "&",
        "\\",
    ),
    *(
        "> ",
        ">\n",
        "- ",
        "- a\n",
        "#",
        "# a\n",
        "## a\n",
        "a\n==\n",
        "a\n--\n",
        "|",
        "|a|b|\n",
        "a|b\n-|-\n",
    ),
    *(
        "[^1]",
        "[^a]: x\n\n",
        "[a]: b\n",
        "*[ab]: c\n",
        "a\n: b\n\n",
        "{",
        "{: #",
        "~~~\n",
        "```\n",
        "<x@",
        "\t",
        "<kbd>",
    ),
    *(
        "<Note>\n",
        "<Note>\na\n</Note>\n",
        "> [!NOTE]\n",
        "> [!NOTE]\n> a\n\n",
        "<Note\n",
        '<Note a="b" ',
        "<!-- a -->",
    ),
    *("{{ product_name }}", '<Connect provider="xero" />\n', "word ", "a\n\n"),
]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_text_that_grows_costs_in_proportion(render: Render, shape: str) -> None:
    """Python-Markdown alone needs more than 20 seconds for half of these."""
    text = shape * (20_000 // len(shape))
    blocks = "\n\n".join(text[start : start + 2_000] for start in range(0, len(text), 2_000))

    for hostile in (text, blocks):
        begun = thread_time()
        with suppress(Broken):
            render(hostile)
        assert thread_time() - begun < 3, shape
