"""Whoever asks others to connect."""

import pytest

from tests.connect.conftest import Visitor
from tests.connect.errands.errand import Another
from tests.connect.test_colleagues import sign_in


@pytest.fixture
def robin(another_visitor: Another) -> Visitor:
    """Signed in here, with a role at Xero that is too low to connect."""
    visitor = another_visitor("robin@practice.example")
    sign_in(visitor)
    return visitor
