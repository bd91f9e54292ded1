"""What a reader is told, as whole sentences taken from where the site takes them."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.faults.modes.reader import words
from xero_onboard.connect.outcomes import CATALOGUE
from xero_onboard.connect.outcomes.entry import Entry
from xero_onboard.connect.outcomes.errands import ERRANDS
from xero_onboard.connect.sentences import sentence_of

NAMES = {
    "organisation": "Northside Builders Ltd",
    "product_name": "Acme Billing",
    "support_email": "support@example.com",
}


@dataclass(frozen=True)
class Told:
    """Sentences that must all stand on the page; `source` says where they come from."""

    source: str
    sentences: tuple[str, ...]

    def missing_in(self, page: str) -> list[str]:
        """What a page, given as its words, does not say."""
        return [each for each in self.sentences if each not in page]


def outcome(code: str, **names: str) -> Told:
    """What happened, why, and what to do next, in the words of the catalogue of outcomes."""
    return _entry(f"`{code}`", CATALOGUE[code], names)


def to_a_colleague(code: str, **names: str) -> Told:
    """The same for somebody who came by a link."""
    return _entry(f"`{code}`, by a link", ERRANDS[code], names)


def state(status: str, reason: str | None = None) -> Told:
    """How a connection stands."""
    return Told(f"`{reason or status}`", (sentence_of(status, reason),))


def page(name: str, *sentences: str) -> Told:
    """What a page says by itself; that it does is seen by the test that reads it."""
    return Told(name, tuple(words(each) for each in sentences))


def _entry(source: str, entry: Entry, names: Mapping[str, str]) -> Told:
    sentences = (entry.title, entry.detail, entry.next_step)
    filled = (each.format_map({**NAMES, **names}) for each in sentences)
    return Told(source, tuple(each[:1].upper() + each[1:] for each in filled))
