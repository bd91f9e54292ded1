"""The running site and sandbox for whoever goes through them over sockets; one of each for all tests of a process."""

from collections.abc import Iterator

import pytest

from tests import servers
from tests.servers import Stage


@pytest.fixture(scope="session")
def running_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with servers.running(tmp_path_factory.mktemp("stage")) as stage:
        yield stage


@pytest.fixture
def stage(running_stage: Stage) -> Stage:
    """Site and sandbox as they were when they had just been started."""
    running_stage.reset()
    return running_stage
