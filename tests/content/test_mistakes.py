"""What an author did wrong is said with the line it stands on."""

from pathlib import PurePosixPath

import pytest
from jinja2 import Environment

from tests.content.conftest import WORDS, OneShelf, Render
from xero_onboard.content.components import Component
from xero_onboard.content.layout import Layout
from xero_onboard.content.marks import Marks
from xero_onboard.content.problems import Broken
from xero_onboard.content.references import References


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a\n<Stepz>\n</Stepz>", 2, "<Stepz> is not a component; did you mean “Step"),
        ("<note>\na\n</note>", 1, "did you mean “Note”?"),
        ("<Note>\na", 1, "<Note> is never closed"),
        ("a\n</Note>", 2, "closes nothing"),
        ("<Note>\n<Tip>\na\n</Note>", 4, "</Note> found, but <Tip> of line 2 is open"),
        ("a <Note> b", 1, "<Note> must stand alone on its line"),
        ("<Note>a</Note> b", 1, "<Note> must stand alone on its line"),
        ("<Note>\na\n</Note> b", 3, "</Note> must stand alone"),
        ('<Step title="a">\n</Step>', 1, "only directly inside <Steps>"),
        ('<Steps>\n<Note>\n<Step title="a">\n</Step>\n</Note>\n</Steps>', 2, "only <Step>"),
        ("<Steps>\ntext\n</Steps>", 2, "only <Step> may stand directly inside <Steps>"),
        ('<Tab title="a">\n</Tab>', 1, "only directly inside <Tabs>"),
        ("<Steps>\n<Step>\n</Step>\n</Steps>", 2, "<Step> needs the attribute “title”"),
        ('<Steps>\n<Step titel="a">\n</Step>\n</Steps>', 2, "did you mean “title”?"),
        ('<Note titel="a">\n</Note>', 1, "did you mean “title”?"),
        ('<Note title="a" title="b">\n</Note>', 1, "twice"),
        ("<Note title=a>\n</Note>", 1, "put the value in quotes"),
        ("<Note title={a}>\n</Note>", 1, "expressions in braces"),
        ('<CardGroup cols="9">\n</CardGroup>', 1, "cols must be “1”, “2”, “3” or “4”"),
        ('<Connect provider="zero" />', 1, "provider must be “xero”"),
        ('<Connect provider="xero">', 1, "has no content"),
        ("<Note />", 1, "needs content"),
        ('<When connection="activ">\n</When>', 1, "did you mean “active”?"),
        ('<Steps>\n<Step title="a" check="done">\n</Step>\n</Steps>', 2, "check must be"),
        ("<Note\n\n>", 1, "does not end with “>”"),
        ("<Frame>\ntext\n</Frame>", 1, "exactly one picture"),
        ("<Frame>\n![a](images/there.png)\n![b](images/there.png)\n</Frame>", 1, "exactly one"),
        ("a\n\n![](images/there.png)", 3, "needs a text"),
        ("![a](images/gone.png)", 1, "does not exist"),
        ("![a](../../../../etc/passwd.png)", 1, "must be a file beside the guide"),
        ("![a](https://example.com/a.png)", 1, "must be a file beside the guide"),
        ("![a](/etc/passwd)", 1, "must be a file beside the guide"),
        ("a\n[b](gone.md)", 2, "“gone.md” leads to no guide"),
        ("[b](other.txt)", 1, "leads to no guide"),
        ("a\n\n[b](#gone)", 3, "leads to no heading of this guide"),
        ("[b](javascript:alert(1))", 1, "links may not use “javascript:”"),
        ("[b](//evil.example)", 1, "begin the link with https://"),
        ('<Card title="a" href="data:x">\n</Card>', 1, "links may not use “data:”"),
        ("a\n```\nb", 2, "never closed with ```"),
        ("a <!-- b", 1, "never closed with “-->”"),
        ("> [!HINT]\n> a", 1, "unknown alert “HINT”"),
        ("# Title", 1, "begin headings with “##”"),
        ("Title\n=====", 2, "begin headings with “##”"),
        ("import Card from './card'", 1, "“import”"),
        ("a\n\n{props.name}", 3, "expressions in braces"),
        ("a <span>b</span>", 1, "<span> is HTML"),
        ("<script>alert(1)</script>", 1, "<script> is HTML"),
        ("a\n<kbd onclick=x>b</kbd>", 2, "<kbd> is HTML"),
        ("<?php ?>", 1, "is HTML"),
        ('<Steps>\n<Step title="<img src=x>">\n</Step>\n</Steps>', 2, "<img> is HTML"),
        ("> ```\n> a\n> ```", 1, "fenced code cannot stand in a quotation"),
        ("## A {#x}\n\n## B {#x}\n\n## C {#x-y}", 3, "two headings have the anchor “x”"),
        ("a\n\n## A {#outcome}", 3, "“outcome” belongs to the page"),
        ('<Steps>\n<Step title="a {#outcome}">\n</Step>\n</Steps>', 2, "“outcome” belongs to"),
        ("a #gone\n\n[b](#here-gone) [c](#gone)\n\n## D {#here-gone}", 3, "“#gone” leads to no"),
        ("a gone.md\n[b](gone.md)", 2, "“gone.md” leads to no guide"),
        ("a\n\n    <Note>\n    b\n    </Note>", 3, "Markdown takes it for code"),
        ("a\n\n    ```\n    b\n    ```", 3, "Markdown takes it for code"),
        ("a <kbd>b\n\nc</kbd>", 1, "<kbd> is not closed in this paragraph"),
        ("a</kbd>", 1, "closes nothing"),
        ("- a\n" + " " * 64 + "- b", 2, "indented too deeply"),
        ("<Note>\n" * 9 + "</Note>\n" * 9, 9, "nested more than 8 deep"),
        ("a" * 10_001, 1, "longer than 10000 characters"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    render: Render, text: str, line: int, message: str
) -> None:
    with pytest.raises(Broken) as caught:
        render(text)

    assert message in str(caught.value)
    assert str(caught.value).startswith(f"guide.md:{line}: ")


def test_what_starts_in_a_component_must_end_there() -> None:
    marks = Marks()
    component = Component("Note", {}, number=3, indent=0)
    references = References("guide.md", PurePosixPath("guide.md"), (), OneShelf())
    blocks = Environment(autoescape=True)
    layout = Layout("guide.md", [component], marks, references, WORDS, blocks, ())

    with pytest.raises(Broken, match=r"guide.md:3: .*check the indentation"):
        layout.html(f"<ul><li>{marks.make('O', 0)}</li></ul>{marks.make('C', 0)}")
