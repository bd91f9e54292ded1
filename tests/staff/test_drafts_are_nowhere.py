"""What is only written, and not published, is seen by those who work here and by nobody else."""

from tests.client import Client
from tests.content.test_leaks import CANARY, PLACES, everywhere
from tests.staff.test_articles import ADDRESS, PLACE, begin, field_of, form_of, send


def test_no_draft_is_found_anywhere(editor: Client, client: Client) -> None:
    """Row E4: nor a guide that was begun, one that was taken back, or what is typed and not saved."""
    tag = client.get(ADDRESS).headers["ETag"]
    form = form_of(editor)
    words = {"title": f"The {CANARY}", "description": CANARY, "body": f"The {CANARY}."}
    send(editor, "draft", form | words | {"keywords": CANARY})
    begun = begin(editor, f"The {CANARY}")
    taken_back = begin(editor, "Taken back")
    number = taken_back.rpartition("/")[2]
    send(editor, "publish", form_of(editor, taken_back) | words, taken_back)
    send(editor, "unpublish", {}, taken_back)
    send(editor, "unsaved", form_of(editor) | words)

    assert CANARY not in everywhere(client)
    searches = "".join(client.get(path).text for path in PLACES[-3:])
    assert "/articles/" + number not in searches
    assert "/articles/" + begun.rpartition("/")[2] not in searches
    assert client.get(ADDRESS).headers["ETag"] == tag
    assert client.get(f"/hc/en-gb/articles/{number}-taken-back.md").status_code == 404
    assert client.get(f"{PLACE}/preview").status_code == 303


def test_what_somebody_types_is_not_shown_to_a_colleague(
    editor: Client, administrator: Client
) -> None:
    send(editor, "unsaved", form_of(editor) | {"body": f"The {CANARY}."})

    assert CANARY not in administrator.get(f"{PLACE}?unsaved=yes").text
    assert "did not save it" not in administrator.get(PLACE).text
    assert "did not save it" in editor.get(PLACE).text
    assert CANARY in field_of(editor.get(f"{PLACE}?unsaved=yes").text, "body")

    send(editor, "unsaved/forget", {})

    assert "did not save it" not in editor.get(PLACE).text


def test_what_is_hostile_is_refused_in_every_field(editor: Client) -> None:
    form = form_of(editor)
    wrong = {
        "base": ["", "x", "-1", "9" * 9, "１"],
        "title": ["a\x00b", "x" * 5000],
        "body": ["x" * (512 * 1024 + 1)],
        "review_in": ["x" * 50],
        "provider": ["quickbooks"],
        "significance": ["huge"],
        "keywords": ["x" * 6000],
        "errors": ["x" * 6000],
    }

    for field, values in wrong.items():
        for value in values:
            answer = send(editor, "draft", form | {field: value})
            assert answer.status_code in (400, 404), (field, value[:20])
    assert send(editor, "preview", form | {"view": "nobody"}).status_code == 400
    assert editor.get("/staff/articles?state=x&page=1").status_code == 400
    assert editor.get("/staff/articles?section=x").status_code == 400
    assert editor.get(f"{PLACE}/history/99999").status_code == 404
    assert editor.get(f"{PLACE}/history/{2**40}").status_code == 404
    assert editor.get("/staff/articles/1").status_code == 404
