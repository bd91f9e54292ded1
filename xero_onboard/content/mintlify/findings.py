"""What is to be told of an import: nothing that a page held disappears in silence."""

from dataclasses import dataclass, field

from xero_onboard.content.intake import Report
from xero_onboard.content.problems import Broken


@dataclass
class Findings:
    """Collects lines for the report, each of them once."""

    report: Report = field(default_factory=Report)

    def lost(self, file: str, line: int, message: str) -> None:
        """Something could not be converted as it was meant; the import ends with exit code 1."""
        self.refused(Broken(file, line, message))

    def refused(self, problem: Broken) -> None:
        """A file cannot be taken in."""
        if str(problem) not in self.report.lines:
            self.report.complain(problem)

    def left_out(self, file: str, line: int, what: str) -> None:
        """An ornament has no counterpart here; what is said is complete without it."""
        text = f"{file}:{line}: left out: {what}"
        if text not in self.report.lines:
            self.report.say(text)
