"""A text that would keep the server busy is refused, or rendered, within two seconds. Row F2."""

from time import thread_time

import pytest

from tests.content.conftest import Render
from xero_onboard.content.problems import Broken

LARGEST = 500_000
BOMBS = {
    "quotations": ("> " * 2_000 + "\n\n") * 100,
    "tight quotations": (">" * 9_000 + "\n\n") * 50,
    "a wide table": ("|a" * 2_000 + "|\n" + "|-" * 2_000 + "|\n") * 10,
    "tables": "|a|b|\n|-|-|\n|c|d|\n\n" * 20_000,
    "paragraphs": "a\n\n" * 160_000,
    "lines": "\n" * LARGEST,
    "lists": "- x\n\n" * 90_000,
    "deep lists": "\n".join(" " * (4 * (turn % 15)) + "- x" for turn in range(15_000)),
    "tasks": "- [ ] x\n" * 60_000,
    "emphasis": ("*a* " * 2_000 + "\n\n") * 60,
    "half emphasis": ("*a_b" * 2_400 + "\n") * 50,
    "stars": ("*" * 9_000 + "\n\n") * 50,
    "hashes": ("#" * 9_000 + "\n\n") * 50,
    "headings": "## x\n" * 90_000,
    "code": ("`a` " * 2_000 + "\n\n") * 60,
    "fences": "```\na\n```\n" * 40_000,
    "links": ("[a](other.md) " * 600 + "\n\n") * 55,
    "brackets": ("[" * 9_000 + "\n\n") * 50,
    "definitions": "\n".join(f"[a{turn}]: other.md" for turn in range(30_000)),
    "terms": "a\n: b\n\n" * 60_000,
    "attributes": "a\n{: .x }\n\n" * 40_000,
    "many attributes": "a {: " + " .x" * 3_000 + " }",
    "boxes": "<Note>\na\n</Note>\n" * 25_000,
    "steps": "<Steps>\n" + '<Step title="a">\nb\n</Step>\n' * 15_000 + "</Steps>",
    "breaks": ("<br>" * 2_000 + "\n\n") * 60,
    "entities": ("&amp;" * 1_900 + "\n\n") * 50,
    "escapes": ("\\*" * 4_900 + "\n\n") * 50,
    "addresses": ("<http://a.b> " * 700 + "\n\n") * 50,
    "settings": ("{{ product_name }} " * 500 + "\n\n") * 50,
    "pictures": ("![a](images/there.png)" * 400 + "\n\n") * 50,
    "rules": "* * *\n\n" * 70_000,
    "blanks": ("x {" + " " * 9_000 + "}\n\n") * 50,
    "blanks in headings": ("## x" + " " * 9_000 + "y\n\n") * 50,
    "braces in headings": ("## x" + "{" * 290 + " " * 9_000 + "y\n\n") * 50,
    "blanks in cells": ("|a|\n|-|\n|b" + " " * 9_000 + "c|\n\n") * 50,
    "imports": ("import" + " " * 9_900 + "\n\n") * 50,
    "footnotes": "".join(f"[^{turn}]\n\n[^{turn}]: x\n\n" for turn in range(20_000)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_nothing_takes_long(render: Render, name: str) -> None:
    text, begun = BOMBS[name][:LARGEST], thread_time()

    try:
        render(text)
    except Broken as problem:
        assert any(words in problem.message for words in ("too long", "too tangled", "nested"))

    assert thread_time() - begun < 2
