"""What is typed and not saved is offered to whoever typed it, and only as long as it is not saved."""

from tests.client import Client
from tests.staff.test_articles import PLACE, form_of, send

OFFER = "did not save it"


def test_what_is_kept_after_it_was_saved_is_not_offered(
    editor: Client, administrator: Client
) -> None:
    typed = form_of(editor) | {"body": "By Eddie."}
    send(editor, "draft", typed)
    send(editor, "unsaved", typed)
    send(administrator, "draft", form_of(administrator) | {"body": "By Ada, who read it."})

    after = editor.get(PLACE).text
    send(editor, "unsaved", typed | {"body": "By Eddie, and more."})

    assert OFFER not in after
    assert OFFER in editor.get(PLACE).text


def test_what_somebody_else_has_saved_is_offered_to_whoever_typed_the_same(
    editor: Client, administrator: Client
) -> None:
    typed = form_of(editor) | {"body": "The same."}
    send(editor, "unsaved", typed)
    send(administrator, "draft", typed)
    send(administrator, "draft", form_of(administrator) | {"body": "Another."})

    assert OFFER in editor.get(PLACE).text
