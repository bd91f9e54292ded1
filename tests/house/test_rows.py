"""Every attack that the tests promise to withstand has a test, and every row a test names is explained."""

import re

from tests import rows


def test_the_rows_of_the_readme_are_those_of_the_tests() -> None:
    promised = re.findall(r"^\| ([A-Z]\d+) \|", rows.README.read_text(), re.MULTILINE)

    assert set(promised) == set(rows.files())


def test_the_readme_names_the_tests_of_each_row() -> None:
    """Write them anew with `python -m tests.rows`."""
    text = rows.README.read_text()

    assert rows.HEADING.search(text)
    assert rows.write(text) == text
