"""How the tests are shared out when several processes run them."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/journeys/"


class JourneysTogether(LoadScopeScheduling):
    """One process runs all journeys, which are looked at together at their end; the others run the rest."""

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> JourneysTogether:
    """Its own groups are lost with pytest 9.2: it writes them into the names of tests, which stay as they were."""
    return JourneysTogether(config, log)
