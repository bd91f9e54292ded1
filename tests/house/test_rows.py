"""Every attack that the tests promise to withstand has a test, and every row a test names is explained."""

import re

from xero_onboard.config import ROOT

TESTS = ROOT / "tests"


def test_the_rows_of_the_readme_are_those_of_the_tests() -> None:
    promised = re.findall(r"^\| ([A-Z]\d+) \|", (TESTS / "README.md").read_text(), re.MULTILINE)
    sources = "".join(path.read_text() for path in TESTS.rglob("test_*.py"))

    assert set(promised) == set(re.findall(r'"""Row ([A-Z]\d+)', sources))
