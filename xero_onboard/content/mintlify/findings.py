"""What is to be told of an import: nothing that a page held disappears in silence."""

from dataclasses import dataclass, field

from xero_onboard.content.intake import Report
from xero_onboard.content.problems import Broken


@dataclass
class Findings:
    """Collects lines for the report, each of them once."""

    report: Report = field(default_factory=Report)
    _told: set[str] = field(default_factory=set)

    def lost(self, file: str, line: int, message: str) -> None:
        """Something could not be converted as it was meant; the import ends with exit code 1."""
        self.refused(Broken(file, line, message))

    def refused(self, problem: Broken) -> None:
        """A file cannot be taken in."""
        if self._is_new(problem):
            self.report.complain(problem)

    def noted(self, file: str, line: int, message: str) -> None:
        """Something is here in another way than it was there; nothing is missing."""
        problem = Broken(file, line, message)
        if self._is_new(problem):
            self.report.say(str(problem))

    def left_out(self, file: str, line: int, what: str) -> None:
        """An ornament has no counterpart here; what is said is complete without it."""
        self.noted(file, line, f"left out: {what}")

    def _is_new(self, problem: Broken) -> bool:
        is_new = str(problem) not in self._told
        self._told.add(str(problem))
        return is_new
