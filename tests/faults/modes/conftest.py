"""A reader who has a connection already, and the row of the table that the test is named in."""

from collections.abc import Callable, Iterator

import pytest

from tests.faults.modes.reader import Reader
from tests.faults.modes.table import MODES, Mode
from tests.faults_client import Faults
from tests.servers import Stage

HARBOUR = "Harbour Café Ltd"


class Witness:
    """Compares what the reader sees with what the table says they see."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        self.has_looked = False

    def sees(self, *pages: str) -> None:
        """Everything that the table promises stands on these pages."""
        self.has_looked = True
        seen = " ".join(pages)
        missing = [sentence for told in self.mode.told for sentence in told.missing_in(seen)]
        assert missing == [], seen


@pytest.fixture
def mode(request: pytest.FixtureRequest) -> Iterator[Witness]:
    """The row that names this test; the test has to look at what the reader sees."""
    name = f"{request.path.stem}.{request.node.originalname}"
    (row,) = (each for each in MODES if each.test == name)
    witness = Witness(row)
    yield witness
    assert witness.has_looked


@pytest.fixture
def faults(stage: Stage) -> Faults:
    """What that Xero is told to get wrong."""
    return stage.faults


@pytest.fixture
def reader(stage: Stage) -> Iterator[Callable[[str], Reader]]:
    """Gives somebody a browser that knows nothing yet."""
    browsers: list[Reader] = []

    def opened(name: str) -> Reader:
        browsers.append(Reader(stage, name))
        return browsers[-1]

    yield opened
    for each in browsers:
        each.site.close()


@pytest.fixture
def amara(reader: Callable[[str], Reader]) -> Iterator[Reader]:
    """Connected Harbour Café Ltd before anything went wrong, and must have it afterwards."""
    amara = reader("amara")
    amara.connect(HARBOUR)
    yield amara
    page = amara.press("check", HARBOUR)
    assert f"Xero answered: {HARBOUR} is connected" in page, page


@pytest.fixture
def riley(reader: Callable[[str], Reader]) -> Reader:
    """Has connected nothing yet."""
    return reader("riley")


@pytest.fixture
def robin(reader: Callable[[str], Reader]) -> Reader:
    """Has connected nothing yet, and has too low a role to do so."""
    return reader("robin")
