"""Making people, closing and deleting accounts on the other database, which holds rows and not the whole."""

import pytest
from flask import Flask

from tests.accounts.belongings import fill
from tests.accounts.test_closing import (
    MARK,
    PERSON,
    test_a_company_that_only_they_acted_for_is_deleted,
    test_every_session_is_dead_and_nobody_signs_in_any_more,
    test_the_last_administrator_cannot_be_deleted,
    test_the_log_keeps_the_number_alone,
)
from tests.accounts.test_privacy import test_the_export_holds_no_secret
from tests.accounts.test_users_command import (
    test_a_recovery_link_sets_a_new_password_once,
    test_what_cannot_be_an_account_is_refused,
)
from tests.employees import ADA, Account, make
from tests.staff.test_audit import test_the_page_tells_whether_the_log_was_whole
from tests.staff.test_people import (
    test_two_administrators_who_demote_each_other_at_once_leave_one,
)
from xero_onboard import content
from xero_onboard.config import ROOT

__all__ = [
    "test_a_company_that_only_they_acted_for_is_deleted",
    "test_a_recovery_link_sets_a_new_password_once",
    "test_every_session_is_dead_and_nobody_signs_in_any_more",
    "test_the_export_holds_no_secret",
    "test_the_last_administrator_cannot_be_deleted",
    "test_the_log_keeps_the_number_alone",
    "test_the_page_tells_whether_the_log_was_whole",
    "test_two_administrators_who_demote_each_other_at_once_leave_one",
    "test_what_cannot_be_an_account_is_refused",
]


@pytest.fixture
def environ(environ: dict[str, str], postgres_url: str) -> dict[str, str]:
    return {**environ, "DATABASE_URL": postgres_url}


@pytest.fixture
def casey(app: Flask) -> Account:
    with app.app_context():
        content.sync(ROOT / "content")
    account = make(app, PERSON, has_second_step=True)
    fill(app, account, MARK)
    return account


@pytest.fixture
def ada(app: Flask) -> Account:
    return make(app, ADA, "admin", has_second_step=True)


@pytest.fixture
def administrator(app: Flask, ada: Account) -> object:
    return ada.sign_in(app)
