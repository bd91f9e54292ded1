"""A draft that only a machine would write keeps nobody waiting: not who saves, compares or renames. Row F2."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from time import thread_time

from tests.client import Client
from tests.staff.test_articles import begin, form_of, send
from tests.staff.test_places import put

LINES = 20_000


@contextmanager
def soon() -> Iterator[None]:
    """Without the limits each of these takes ten seconds and more."""
    begun = thread_time()
    yield
    assert thread_time() - begun < 6


def tangle(seed: int) -> str:
    """Lines of which each stands a hundred times everywhere: whatever compares them has much to try."""
    chances = (sha256(f"{seed} {line}".encode()).digest()[0] for line in range(LINES))
    return "\n".join(f"l{chance % 128}" for chance in chances)


def drafted(editor: Client, *bodies: str) -> str:
    place = begin(editor)
    for body in bodies:
        assert send(editor, "draft", form_of(editor, place) | {"body": body}, place).location
    return place


def test_two_tangled_changes_are_shown_instead_of_put_together(editor: Client) -> None:
    place = drafted(editor, tangle(1))
    behind = form_of(editor, place)
    send(editor, "draft", behind | {"body": tangle(2)}, place)

    with soon():
        answer = send(editor, "draft", behind | {"body": tangle(3)}, place)

    assert answer.status_code == 409
    assert tangle(3) in answer.text


def test_a_difference_ends_where_a_page_would(editor: Client) -> None:
    place = drafted(editor, tangle(1), tangle(2))

    with soon():
        page = editor.get(f"{place}/history/3").text

    assert "the rest is not shown here" in page


def test_a_long_line_is_compared_word_by_word_only_as_far_as_it_goes(editor: Client) -> None:
    place = drafted(editor, "a b \n" * 600 * 19, ("b c a " * 120 + "\n") * 600)
    send(editor, "draft", form_of(editor, place) | {"body": ("a b " * 190 + "\n") * 600}, place)

    with soon():
        answer = editor.get(f"{place}/history/4")

    assert answer.status_code == 200


def test_fences_that_are_never_closed_do_not_hold_up_another_guide(editor: Client) -> None:
    drafted(editor, "```x\n" * 8_000)

    with soon():
        answer = put(editor, "join-xero")

    assert answer == 303
