"""What an import did, in lines for the person who runs it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from xero_onboard.content.arrivals import Key, Outcome
from xero_onboard.content.foreign import Note
from xero_onboard.ops.zendesk.planning import Plan

_WORDS: dict[Outcome, str] = {
    "new": "new",
    "changed": "changed",
    "same": "as they were",
    "offered": "waiting for staff, who have changed them here",
}
_ALONE: dict[Outcome, str] = {
    "new": "new",
    "changed": "changed",
    "same": "as it was",
    "offered": "changed here since, so that it waits for staff in the editor",
}


@dataclass
class Report:
    """Says each article as it is done, and everything together at the end."""

    say: Callable[[str], None]
    votes: int = 0
    moved_votes: int = 0
    _counts: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    _failures: list[str] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)
    _shown: int = 0
    _missing: int = 0
    _files: int = 0
    _places: int = 0

    @property
    def is_broken(self) -> bool:
        """Whether something was not taken in."""
        return bool(self._failures)

    def begin(self, name: str, plan: Plan) -> None:
        """What there is to do."""
        self.say(
            f"{name}: {len(plan.articles)} articles, {len(plan.sections)} sections, {len(plan.categories)} categories"
        )
        self._places = len(plan.articles) + len(plan.sections) + len(plan.categories)
        self._failures += plan.failures
        self._notes += plan.remarks

    def count(self, kind: str, outcome: Outcome) -> None:
        """One more that ended so."""
        self._counts[kind, outcome] += 1

    def article(self, name: str, outcome: Outcome, address: str, notes: Sequence[Note]) -> None:
        """Say what became of an article, and what a person should look at in it."""
        self.count("article", outcome)
        self.say(f"{name}: {_ALONE[outcome]}: {address}")
        for note in notes:
            place = f", line {note.line}" if note.line else ""
            self.note(f"{name}{place}: {note.message}")

    def pictures(self, shown: int, missing: int, files: int) -> None:
        """Count what was fetched for an article."""
        self._shown += shown
        self._missing += missing
        self._files += files

    def absent(self, keys: Sequence[Key]) -> None:
        """What came before and is not there any more."""
        self._notes += [
            f"article {key.source_id} ({key.locale}): it is not there any more, and stays here"
            for key in keys
        ]

    def note(self, line: str) -> None:
        """Something to look at."""
        self._notes.append(line)

    def fail(self, line: str) -> None:
        """Something that was not taken in."""
        self._failures.append(line)

    def lines(self, *, is_check: bool) -> Iterator[str]:
        """Everything together."""
        yield ""
        yield f"Articles: {self._of('article')}, {len(self._failures)} not taken in"
        yield f"Sections: {self._of('section')}"
        yield f"Pictures shown: {self._shown}; files kept: {self._files}; missing: {self._missing}"
        yield f"Votes taken over: {self.votes}"
        yield f"Old addresses that lead on: those of {self._places} articles, sections and categories, and of their pictures and files"
        if self.moved_votes:
            yield f"Votes of {self.moved_votes} articles have changed there since they were taken over: the first count stays"
        yield from self._listed("Not taken in", self._failures)
        yield from self._listed("To look at", self._notes)
        if is_check:
            yield "This was a check: nothing was written."

    def _of(self, kind: str) -> str:
        return ", ".join(
            f"{self._counts[kind, outcome]} {words}" for outcome, words in _WORDS.items()
        )

    def _listed(self, title: str, lines: Sequence[str]) -> Iterator[str]:
        if lines:
            yield f"{title} ({len(lines)}):"
            yield from (f"  {line}" for line in lines)
