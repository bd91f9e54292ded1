"""Asking support staff for help, as readers do it, and answering them."""

import io
import re
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests import mailbox
from tests.client import Client
from tests.employees import EDDIE, make
from tests.feedback.test_vote import ARTICLE
from tests.staff.forms import fields
from xero_onboard.feedback import spam
from xero_onboard.feedback.models import HelpRequest
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

PLACE = "/hc/en-gb/requests"
NEW = f"{PLACE}/new"
NELL = "nell@example.com"
SUPPORT = "support@example.com"
EDITION = f"{ARTICLE}-1"
ALL = ["guide", "step", "standing", "attempt", "browser"]
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}


def send(
    client: Client,
    *,
    to: str = NEW,
    files: list[tuple[str, bytes]] | None = None,
    ticked: list[str] | None = None,
    **fields: str,
) -> Any:
    """The form, sent as a browser would."""
    with client.application.app_context():
        shown_at = spam.stamp(now() - timedelta(minutes=1))
    form: dict[str, Any] = {
        "email": NELL,
        "subject": "Where is the button?",
        "words": "I see no button.",
        "edition": EDITION,
        "step": "Allow access",
        "reference": "XC-7F3K",
        "website": "",
        "shown_at": shown_at,
        "with": ALL if ticked is None else ticked,
        **fields,
        "attachment": [FileStorage(io.BytesIO(body), name) for name, body in files or []],
    }
    # Encoded here, because the test client would leave what is large in a file that nobody closes.
    boundary, body = encode_multipart(form)
    kind = f"multipart/form-data; boundary={boundary}"
    return client.post(to, data=body, headers=FIREFOX, content_type=kind)


def confirm(app: Flask, client: Client, address: str = NELL) -> None:
    """Open the newest mail, and press the button on the page that its link leads to."""
    page = client.get(mailbox.link(app, address, PLACE)).location
    assert "Yes, that was me: send it" in client.get(page).text
    assert client.post(f"{page}/confirm").status_code == 303


def asked_and_confirmed(app: Flask, client: Client, **fields: Any) -> str:
    send(client, **fields)
    confirm(app, client)
    return f"{PLACE}/{only(app).reference}"


def staff(app: Flask) -> Client:
    return make(app, EDDIE, "editor", has_second_step=True).sign_in(app)


def reply(app: Flask, editor: Client, words: str) -> None:
    place = f"/staff/requests/{only(app).id}"
    form = {**fields(editor.get(place).text, f"{place}/answer"), "words": words}
    assert editor.post(f"{place}/answer", data=form).status_code == 303


def choices(page: str) -> dict[str, str]:
    """What is ticked to be sent along, in words."""
    rows = re.findall(r'value="(\w+)"\s+checked>\s*<label[^>]*>(.*?)</label>', page, re.DOTALL)
    return {part: " ".join(re.sub(r"<[^>]+>", "", words).split()) for part, words in rows}


def only(app: Flask) -> HelpRequest:
    (one,) = found(app)
    return one


def found(app: Flask) -> list[HelpRequest]:
    with app.app_context():
        return list(db.session.scalars(select(HelpRequest)))
