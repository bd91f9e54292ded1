"""A button acts for the customer that its page showed, or not at all."""

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.accounts.company import (
    COLLEAGUES,
    accept,
    customer_of,
    invite,
    right_of,
    stranger,
    user_of,
)
from tests.cast import CASEY, DANA
from tests.client import Client, sign_in
from tests.house.forms import FORMS
from tests.house.test_bad_input import generic
from xero_onboard.accounts.models import Customer, Invitation
from xero_onboard.connect.models import Attempt, Errand
from xero_onboard.lib.db import Table, db

SWITCH = "/account/customers/switch"
GUIDE = "/hc/en-gb/articles/360001000101-connect-your-xero-organisation"
RENAME, LEAVE = "/account/customers/rename", "/account/customers/leave"
INVITE = f"{COLLEAGUES}/invite"
FIELD = re.compile(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"')
NAMED = {"email": "mallory@example.com", "right": "administer", "name": "Renamed"}
# The pages with buttons that act for a customer, and where those lead.
BUTTONS = [
    *((COLLEAGUES, action) for action in (INVITE, RENAME, LEAVE)),
    (GUIDE, "/connect/xero"),
    ("/connect", "/connect/xero"),
    ("/connect", "/connect/errands"),
    ("/connect", "/connect/errands/link"),
]


@pytest.fixture
def casey(app: Flask) -> Client:
    """Administers a customer."""
    return sign_in(app, CASEY)


@pytest.fixture
def dana(app: Flask, casey: Client) -> Client:
    """Administers a customer of her own, and Casey's with her; she acts for her own."""
    dana = sign_in(app, DANA)
    own = customer_of(app, DANA)
    assert accept(dana, invite(app, casey, DANA.email, "administer")) == 303
    switch(dana, own)
    return dana


@pytest.mark.parametrize(("page", "action"), BUTTONS)
def test_a_button_of_an_older_tab_does_nothing_after_a_switch(
    app: Flask, dana: Client, page: str, action: str
) -> None:
    first_tab = dana.get(page).text
    switch(dana, customer_of(app, CASEY))
    before = everything(app)

    answer = press(dana, first_tab, action)

    assert answer.status_code == 409
    assert "You act for Casey Nguyen now" in answer.text
    assert "so nothing was done" in answer.text
    assert everything(app) == before


@pytest.mark.parametrize(("page", "action"), BUTTONS)
def test_a_button_of_a_customer_that_was_lost_does_nothing_for_another(
    app: Flask, casey: Client, dana: Client, page: str, action: str
) -> None:
    """Whoever is removed goes on with another of their customers, and is told so."""
    caseys = customer_of(app, CASEY)
    switch(dana, caseys)
    shown = dana.get(page).text
    casey.post(f"{COLLEAGUES}/{user_of(app, DANA)}/remove")
    before = everything(app)

    answer = press(dana, shown, action)

    assert answer.status_code == 409
    assert f"You act for {DANA.name} now" in answer.text
    assert "for a company that you no longer act for" in answer.text
    assert "Casey" not in answer.text.partition("<main")[2]
    assert everything(app) == before


@pytest.mark.parametrize("verb", ["right", "hand-over", "remove"])
def test_a_colleague_of_two_companies_is_changed_in_the_one_that_was_shown(
    app: Flask, casey: Client, dana: Client, verb: str
) -> None:
    """Casey's Dana is a colleague in both: her id alone does not say where."""
    own, caseys = customer_of(app, DANA), customer_of(app, CASEY)
    assert accept(casey, invite(app, dana, CASEY.email, "administer")) == 303
    switch(dana, own)
    action = f"{COLLEAGUES}/{user_of(app, CASEY)}/{verb}"
    first_tab = dana.get(COLLEAGUES).text
    switch(dana, caseys)

    answer = press(dana, first_tab, action)

    assert answer.status_code == 409
    assert {right_of(app, CASEY, each) for each in (own, caseys)} == {"administer"}


def test_one_press_switches_back_to_where_the_button_was(app: Flask, dana: Client) -> None:
    first_tab = dana.get(GUIDE).text
    switch(dana, customer_of(app, CASEY))
    told = press(dana, first_tab, "/connect/xero").text

    answer = press(dana, told, SWITCH)

    assert answer.location == f"{GUIDE}#connect"
    assert press(dana, dana.get(GUIDE).text, "/connect/xero").status_code == 303


def test_where_nothing_was_switched_the_button_acts(app: Flask, dana: Client) -> None:
    answer = press(dana, dana.get(COLLEAGUES).text, INVITE)

    assert answer.location == COLLEAGUES
    with app.app_context():
        asked = db.session.scalars(select(Invitation).order_by(Invitation.created_at)).all()[-1]
        assert asked.customer_id == db.session.scalar(
            select(Customer.id).where(Customer.name == DANA.name)
        )


def test_whoever_was_signed_out_signs_in_and_comes_back_to_the_page(casey: Client) -> None:
    """Without a session nobody can say for whom the button would act."""
    first_tab = casey.get(GUIDE).text
    casey.post("/sign-out")

    answer = press(casey, first_tab, "/connect/xero")

    assert answer.location == f"/sign-in?next={GUIDE}"


def test_a_strangers_page_says_nothing_of_a_customer(app: Flask, casey: Client) -> None:
    """It is the same for everybody, and its button works as it did."""
    pages = [stranger(app).get(GUIDE) for _ in range(2)]

    assert pages[0].data == pages[1].data
    assert "Set-Cookie" not in pages[0].headers
    assert 'name="customer"' not in pages[0].text
    assert press(casey, pages[0].text, "/connect/xero").status_code == 303


def test_every_form_that_says_for_whom_it_is_is_held_to_it(app: Flask) -> None:
    said = {rule for rule, form in FORMS.items() if "customer" in form.fields}
    held = {
        generic(rule.rule)
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "is_for_shown_customer", False)
    }

    assert said - {SWITCH} == held


def switch(browser: Client, customer_id: object) -> None:
    browser.post(SWITCH, data={"customer": str(customer_id), "next": "/connect", "anchor": ""})


def press(browser: Client, page: str, action: str) -> TestResponse:
    """Send the form of this page that leads there, with its hidden fields."""
    forms = re.findall(r"<form.*?</form>", page, re.DOTALL)
    form = next(each for each in forms if f'action="{action}"' in each)
    hidden = {name: unescape(value) for name, value in FIELD.findall(form)}
    return browser.post(action, data={**NAMED, **hidden})


def everything(app: Flask) -> tuple[object, ...]:
    """What the buttons could have done, for whomever."""
    made: tuple[type[Table], ...] = (Invitation, Attempt, Errand)
    with app.app_context():
        counted = [db.session.scalar(select(func.count()).select_from(each)) for each in made]
        names = sorted(db.session.scalars(select(Customer.name)))
    return (
        *counted,
        *names,
        *(right_of(app, DANA, customer_of(app, each)) for each in (CASEY, DANA)),
    )
