"""The site's own words, such as a version, which stand in its pages as {{version}}.

https://www.mintlify.com/docs/organize/settings-structure#variables
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from xero_onboard.content.components import LONGEST_LINE
from xero_onboard.content.mintlify.findings import Findings
from xero_onboard.content.mintlify.settings import Table
from xero_onboard.content.problems import Broken
from xero_onboard.content.shelf import LARGEST_GUIDE

_USE = re.compile(r"\{\{ {0,8}([\w-]{1,100}) {0,8}\}\}")


@dataclass(frozen=True)
class Variables:
    """Puts the words in their places."""

    words: Mapping[str, str] = field(default_factory=dict)

    def put(self, name: str, text: str) -> str:
        """The text of a file with the words in it; raises Broken."""
        if not self.words:
            return text
        most = sum(len(self.words.get(found[1], "")) for found in _USE.finditer(text))
        if most > LARGEST_GUIDE:
            raise Broken(name, 1, "with the site’s variables put in, this file is too large")
        lines = [self._line(line) for line in text.split("\n")]
        for number, line in enumerate(lines, 1):
            if len(line) > LONGEST_LINE:
                words = f"with its variables this line is longer than {LONGEST_LINE} characters"
                raise Broken(name, number, words)
        return "\n".join(lines)

    def _line(self, line: str) -> str:
        return _USE.sub(lambda found: self.words.get(found[1], found[0]), line)


def read_variables(settings: Table, findings: Findings) -> Variables:
    """Those that are texts of one line."""
    given = settings.get("variables")
    if given is None:
        return Variables()
    if not isinstance(given, Table):
        findings.lost(*settings.place_of("variables"), "“variables” must be an object with texts")
        return Variables()
    words = {}
    for key, value in given.items():
        if isinstance(value, str | int | float) and not re.search(r"[\r\n\x00]", str(value)):
            words[key] = str(value)
        else:
            findings.lost(*given.place_of(key), f"the variable “{key}” is no text of one line")
    return Variables(words)
