"""Reads the numbered steps of a guide out of its page, and does in the browser exactly what they say.

Every word that a step sets in bold is the name of something on the page in front of the reader: a
field to fill, a list to choose from, a button or link to press, a heading to see. A journey gives the
steps no words of its own, only answers; so a guide and Xero's pages cannot drift apart unnoticed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

Answer = str | Callable[[], str]
Answers = Mapping[str, Answer]
Look = Callable[[Page], None]

# Where the words of a step stand, without the live parts and the alternatives in tabs.
PARAGRAPHS = "p:not(.connect *, .status-line *, .tick *, .tab *), li:not(.connect *, .tab *)"
PRESS = re.compile(r"Press (?P<name>[A-Z].*?)(?: under .+)?")
SEEN_IN_TIME = 15_000

# Everything that steps ask for and a journey has done: the place and title of the step, and the word
# in bold; without a word, that the step was followed at all.
performed: set[tuple[str, str, str]] = set()


@dataclass(frozen=True)
class Paragraph:
    """A paragraph or list item of a step: its text, and the words in bold in their order."""

    text: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One numbered step; `place` is the number of its guide and the name of its list."""

    place: str
    title: str
    paragraphs: tuple[Paragraph, ...]
    tabs: Mapping[str, tuple[Paragraph, ...]]

    @property
    def all_words(self) -> set[str]:
        """Every word in bold, whichever reader it is for, and the step itself."""
        everything = [*self.paragraphs, *(each for tab in self.tabs.values() for each in tab)]
        return {"", *(word for paragraph in everything for word in paragraph.words)}

    def words(self, tab: str | None, without: tuple[str, ...]) -> list[str]:
        """What the title says, the text and the chosen tab, `without` the paragraphs that begin so."""
        paragraphs = [*self.paragraphs, *(self.tabs[tab] if tab else ())]
        for beginning in without:
            others = [one for one in paragraphs if not one.text.startswith(beginning)]
            assert others != paragraphs, f"the step {self.title!r} has nothing about {beginning!r}"
            paragraphs = others
        words = [word for paragraph in paragraphs for word in paragraph.words]
        pressed = PRESS.fullmatch(self.title)
        if pressed and pressed["name"] not in words:
            words.insert(0, pressed["name"])
        return words


class Route:
    """The steps of one numbered list, to be followed in their order."""

    def __init__(self, page: Page, name: str, steps: tuple[Step, ...], look: Look) -> None:
        self.page = page
        self._name = name
        self._ahead = list(steps)
        self._look = look

    def follow(
        self,
        title: str,
        answers: Answers | None = None,
        *,
        tab: str | None = None,
        without: tuple[str, ...] = (),
        but_not: tuple[str, ...] = (),
        before: Mapping[str, Callable[[], None]] | None = None,
        about: str = "",
    ) -> None:
        """Do everything the next step says.

        Not for this reader are the paragraphs that begin with `without`, and the words `but_not`.
        What a step leaves to the reader happens `before` one of its words. Among several controls of
        the same name, the one `about` something is meant.
        """
        step = self._next(title)
        words = step.words(tab, without)
        strangers = set(but_not) - set(words)
        assert not strangers, f"the step {title!r} does not say {strangers}; it says {words}"
        for word in words:
            if word not in but_not:
                (before or {}).get(word, do_nothing)()
                self._do(word, title, answers or {}, about)
                performed.add((step.place, title, word))
        performed.add((step.place, title, ""))

    def leave_out(self, title: str) -> None:
        """Pass over the next step, which is for readers in another situation."""
        self._next(title)

    def leave_out_the_rest(self) -> None:
        """Stop here, where this reader has got what they came for."""
        self._ahead.clear()

    def assert_followed(self) -> None:
        """Complain about steps nobody has performed."""
        assert not self._ahead, f"{self._name!r} goes on: {[step.title for step in self._ahead]}"

    def _next(self, title: str) -> Step:
        assert self._ahead, f"{self._name!r} has no more steps, so none called {title!r}"
        step = self._ahead.pop(0)
        assert step.title == title, f"the next step of {self._name!r} is {step.title!r}"
        return step

    def _do(self, word: str, title: str, answers: Answers, about: str) -> None:
        named = controls(self.page, word, about)
        try:
            union(named).first.wait_for(timeout=SEEN_IN_TIME)
        except PlaywrightTimeout as error:
            raise AssertionError(
                f"The step {title!r} says **{word}**, and there is nothing of that name on the page"
                f" {self.page.title()!r} ({self.page.url})"
            ) from error
        self._look(self.page)
        if named.field.count():
            fill(named.field, word, answers)
        elif named.button.count():
            named.button.click()
        elif named.link.count():
            named.link.click()


def do_nothing() -> None:
    """What most words need beforehand."""


def look_away(_page: Page) -> None:
    """What most journeys do with the pages they meet."""


@dataclass(frozen=True)
class Controls:
    """Everything on a page that a word may name, in the order in which it is meant."""

    field: Locator
    button: Locator
    link: Locator
    seen: Locator


def controls(page: Page, word: str, about: str = "") -> Controls:
    """What the word names; the name of a control may go on with what it is about."""
    ending = rf"( (for )?{re.escape(about)})?" if about else ""
    name = re.compile(rf"^\s*{re.escape(word)}{ending}\s*$")
    unfolded = page.locator("summary").filter(has_text=name)
    greyed = page.locator("select").filter(has=page.locator("option", has_text=f"({word})"))
    return Controls(
        field=page.get_by_label(word, exact=True).and_(page.locator("input, select, textarea")),
        button=page.get_by_role("button", name=name).or_(unfolded).filter(visible=True),
        link=page.get_by_role("link", name=name)
        .and_(page.locator(":not(.contents *)"))
        .filter(visible=True),
        # The words of a guide that lies open on the same page prove nothing.
        seen=page.get_by_text(word, exact=True)
        .and_(page.locator(":not(.prose *)"))
        .or_(greyed)
        .filter(visible=True),
    )


def union(named: Controls) -> Locator:
    """Any of them."""
    return named.field.or_(named.button).or_(named.link).or_(named.seen)


def fill(field: Locator, word: str, answers: Answers) -> None:
    """Fill a field with its answer, choose from a list, or tick a box."""
    if field.get_attribute("type") in ("radio", "checkbox"):
        # Its label may lie over it, which makes it easier to hit.
        field.check(force=True)
        return
    assert word in answers, f"nobody has said what to answer to {word!r}"
    answer = answers[word]
    value = answer if isinstance(answer, str) else answer()
    if field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(label=value)
    else:
        field.fill(value)


def open_guide(page: Page, number: int) -> None:
    """Go to a guide by its number, which stays when its title changes."""
    page.goto(f"/hc/en-gb/articles/{number}")


@contextmanager
def following(
    page: Page, steps: tuple[Step, ...], name: str, look: Look = look_away
) -> Iterator[Route]:
    """Follow the steps on this page, from the first to the last; each page met may get a `look`."""
    route = Route(page, name, steps, look)
    yield route
    route.assert_followed()


def read_steps(page: Page, name: str = "") -> tuple[Step, ...]:
    """The steps of the guide on this page under a heading or inside an accordion, or its only ones."""
    lists = page.locator("ol.steps").all()
    found = [steps for steps in lists if not name or _name_of(steps) == name]
    assert len(found) == 1, f"{page.url} has no one list of steps called {name!r}"
    return _read_list(found[0])


def read_every_step(page: Page) -> Iterator[Step]:
    """The steps of all lists of the guide on this page."""
    for steps in page.locator("ol.steps").all():
        yield from _read_list(steps)


def _read_list(steps: Locator) -> tuple[Step, ...]:
    number = steps.page.url.rpartition("/articles/")[2].partition("-")[0]
    place = f"{number} {_name_of(steps)}"
    return tuple(_read(step, place) for step in steps.locator("> li.step").all())


def _name_of(steps: Locator) -> str:
    heading = steps.locator("xpath=(preceding::h2 | preceding::summary)[last()]")
    return _text(heading) if heading.count() else ""


def _read(step: Locator, place: str) -> Step:
    tabs = step.locator(".tab").all()
    return Step(
        place=place,
        title=_text(step.locator("h2, h3, h4").first),
        paragraphs=_paragraphs(step, PARAGRAPHS),
        tabs={tab.get_attribute("data-title") or "": _paragraphs(tab, "p, li") for tab in tabs},
    )


def _paragraphs(place: Locator, selector: str) -> tuple[Paragraph, ...]:
    return tuple(
        Paragraph(_text(one), tuple(map(_plain, one.locator("strong").all_text_contents())))
        for one in place.locator(selector).all()
    )


def _text(place: Locator) -> str:
    return _plain(place.text_content() or "").removesuffix("#").strip()


def _plain(text: str) -> str:
    return " ".join(text.split())
