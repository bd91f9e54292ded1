"""What is stored about a person: told, given to them, and forgotten in time."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Table, func, select, text, update

from tests.accounts.belongings import SECRET, fill, subject_of
from tests.cast import CASEY
from tests.client import Client, sign_in
from tests.employees import Account, make
from xero_onboard.accounts.models import StoredSession
from xero_onboard.accounts.privacy import RETENTION
from xero_onboard.accounts.shares import SHARES
from xero_onboard.config import ROOT
from xero_onboard.connect.models import Connection
from xero_onboard.lib import audit, jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import UtcDateTime, db
from xero_onboard.lib.mail.models import Mail

PERSON = "quaggazeb@example.com"
MARK = "quaggazeb"
OTHER = "dana@example.com"

# The tables that know nobody. A new table must be added here or to what is exported.
KNOWS_NOBODY = {
    *("alias", "arrival", "article_file", "audit_check", "confirmation", "content_generation"),
    *("brand", "brand_picture", "digest_round"),
    *("earlier_news", "earlier_votes", "installation"),
    *(
        "limit_bucket",
        "passkey_challenge",
        "picture",
        "picture_place",
        "picture_use",
        "provider_event",
        "reading",
    ),
    *("removal", "search_count", "search_opening", "section", "showing", "trouble"),
    "vault_key_proof",
}
# What is never given away: it proves, opens or chains something, or is the machine's own business.
WITHHELD = {
    "password": {"verifier", "earlier"},
    "authenticator": {"secret_sealed"},
    "recovery_code": {"salt", "verifier"},
    "passkey": {"credential_id", "public_key"},
    "known_device": {"id"},
    "session": {"id", "content", "tries"},
    "mailed_proof": {"browser_digest", "content", "secret_digest"},
    "mail": {"body_sealed"},
    "invitation": {"token_digest"},
    # Support staff's own, as whose it is to answer.
    "remark": {"note", "assignee_id"},
    "help_request": {"assignee_id"},
    # No form for a file of JSON; the page of the request gives it back.
    "request_attachment": {"body"},
    "errand": {"token_digest", "browser_digest"},
    "attempt": {"state_digest", "nonce", "verifier_sealed", "browser_digest", "snapshot"},
    "grant": {
        *("access_sealed", "refresh_sealed", "previous_sealed", "key_id", "tried_at", "version"),
        *("lease_owner", "lease_until"),
    },
    "audit": {"visitor_digest", "previous", "hash"},
    # How a guide is published, and what is made of its text.
    "article": {
        *("position", "is_promoted", "provider", "published_revision_id", "draft_revision_id"),
        *("offered_revision_id", "keeper", "file", "translation_of", "is_turn_chosen"),
        *("is_owner_chosen", "missed_because"),
        *("visibility", "takes_comments", "takes_votes", "search_boost", "is_searchable"),
    },
    "snippet": {"keeper", "file_digest", "offered"},
    "revision": {
        *("checksum", "keywords", "errors", "last_reviewed_on", "review_due_on", "edited_on"),
        *("matter", "parts", "page", "contents", "text", "machine", "translated", "renewed_at"),
    },
}
PERSONAL = re.compile(r"user|actor|email|address|login|voter|recipient|person|member|author|_by$")


@pytest.fixture
def casey(app: Flask) -> Account:
    """Somebody with a row in every table."""
    account = make(app, PERSON, has_second_step=True)
    fill(app, account, MARK)
    return account


@pytest.fixture
def dana(app: Flask) -> Account:
    """Somebody else with as much."""
    account = make(app, OTHER)
    fill_other(app, account)
    account.sign_in(app)
    return account


def test_every_table_is_exported_or_known_to_hold_nobody() -> None:
    """Row M1: a new table fails here until somebody has decided."""
    exported = {share.table.__tablename__ for share in SHARES}
    tables = {table.name: table for table in db.metadata.sorted_tables}

    assert exported | KNOWS_NOBODY == set(tables)
    assert exported & KNOWS_NOBODY == set()
    assert [name for name in sorted(KNOWS_NOBODY) if knows_people(tables[name])] == []


def test_every_column_is_exported_or_withheld_for_a_reason() -> None:
    """Row M1: a new column fails here until somebody has decided."""
    withheld = {}
    for share in SHARES:
        left = {column.name for column in share.table.__table__.columns} - set(share.columns)
        if left:
            withheld[share.table.__tablename__] = left

    assert withheld == WITHHELD


def test_the_export_holds_every_row_about_the_person_and_of_nobody_else(
    app: Flask, casey: Account, dana: Account
) -> None:
    """Row M1."""
    browser = casey.sign_in(app)
    expected = rows_about(app, casey)

    exported = tables_of(take_away(browser))

    found = {name: len(rows) for name, rows in exported.items()}
    # Known by the numbers of the entries they stand beside.
    visits = found.pop("audit_visitor")
    # The export itself is written to the log with the answer.
    assert found == expected
    assert visits > 0
    assert all(found.values())
    given = json.dumps(exported).casefold()
    assert "dana" not in given
    assert str(dana.id) not in given


def test_the_export_holds_no_secret(app: Flask, casey: Account) -> None:
    """Row M1."""
    given = take_away(casey.sign_in(app)).get_data(as_text=True)

    assert SECRET not in given
    assert casey.password not in given
    assert casey.secret is not None
    assert casey.secret not in given
    with app.app_context():
        values = db.session.execute(text("SELECT verifier FROM password")).scalars()
        assert [each for each in values if each in given] == []
        ids = db.session.scalars(select(StoredSession.id))
        assert [each for each in ids if each in given] == []


def test_the_export_is_a_file_that_no_cache_keeps_and_is_in_the_log(
    app: Flask, casey: Account
) -> None:
    """Row M1, and row L2."""
    answer = take_away(casey.sign_in(app))

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.mimetype == "application/json"
    with app.app_context():
        entry = audit.search(event="user_exported").entries[0]
    assert (entry.actor_id, entry.subject) == (casey.id, f"user:{casey.id}")


def test_the_export_asks_who_it_is_when_the_proof_is_old(app: Flask, casey: Account) -> None:
    """Row M1: and then the way leads back to the page."""
    browser = casey.sign_in(app)
    age_proofs(app)

    answer = browser.post("/account/privacy/export")

    assert answer.status_code == 303
    assert answer.location.endswith("/prove?next=/account/privacy")


def test_whoever_writes_anothers_address_into_their_profile_gets_nothing_of_theirs(
    app: Flask, casey: Account
) -> None:
    """Row M1: what a provider says of an address proves nothing."""
    thief = sign_in(app, CASEY.__class__(CASEY.issuer, "thief", PERSON, "Thief"))

    exported = tables_of(take_away(thief))

    assert exported["mail"] == exported["mailed_proof"] == []


def test_the_page_tells_in_words_what_is_stored(app: Flask, casey: Account) -> None:
    """Row M1."""
    browser = casey.sign_in(app)

    page = browser.get("/account/privacy").get_data(as_text=True)

    for share in SHARES:
        assert share.words.replace("’", "&#39;") in page, share.words
    assert "with a code of your authenticator app" in page
    assert "from 127.0.0.1" in page
    assert f"{MARK}&#39;s Bakery" in page
    assert "Nobody has read a token of it." in page
    for what, span in RETENTION.items():
        assert f"<td>{what}</td>" in page
        assert f"<td>{span}</td>" in page


def test_a_token_that_was_read_is_told(app: Flask, casey: Account) -> None:
    """Row L2: nothing writes this yet, and the page is ready for it."""
    with app.test_request_context("/", method="POST"):
        app.preprocess_request()
        connection_id = db.session.scalars(select(Connection.id)).one()
        audit.record("token_read", subject=f"connection:{connection_id}")
        db.session.commit()

    page = casey.sign_in(app).get("/account/privacy").get_data(as_text=True)

    assert "A token was read on" in page


def test_the_page_is_for_those_who_signed_in(client: Client) -> None:
    assert client.get("/account/privacy").location == "/sign-in?next=/account/privacy"


# What lies how long, and after how many days more nothing of it may be left.
SPANS = {
    "Addresses and browsers beside the audit log": ("audit_visitor", 90),
    "Sessions, with device and address": ("session", 30),
    "Browsers you have signed in with before": ("known_device", 400),
    "Codes and links by mail, with the address": ("mailed_proof", 1),
    "Mail, its text until it is delivered": ("mail", 7),
    "Invitations, with the address": ("invitation", 30),
    "Links to ask somebody to connect, with the address": ("errand", 30),
    "Presses of Connect, and what became of them": ("attempt", 90),
    "What was written about guides": ("remark", 365),
    "Requests, with messages and files": ("help_request", 365),
    "Connections that were ended": ("connection", 365),
}


@pytest.mark.parametrize("what", SPANS)
def test_nothing_is_kept_for_longer_than_the_readme_says(
    app: Flask, casey: Account, what: str
) -> None:
    """Row M3: time passes for every row, and every job of the worker runs."""
    casey.sign_in(app)
    end_what_has_a_beginning(app)
    table, days = SPANS[what]
    assert str(RETENTION[what]).startswith(f"{days} day")

    let_pass(app, timedelta(days=days) - timedelta(hours=1))
    assert jobs.run_due(app)
    assert count(app, table) > 0

    let_pass(app, timedelta(hours=2))
    assert jobs.run_due(app)
    assert count(app, table) == 0


def test_what_has_no_span_is_the_account_and_the_log_and_what_knows_nobody() -> None:
    """Row M3: `content/test_searches.py`, `test_readings.py`, `connect/test_showings.py`, `test_strays.py` and `test_hearing.py` let time pass for the rest."""
    assert set(RETENTION) - set(SPANS) == {
        "Your account",
        "Comments below guides",
        "Guides and sections you follow, with the address",
        "The audit log, which knows you by a number",
        "Guides shown with a Connect button, counted by the day",
        "Guides that were opened, counted by the day",
        "What was looked for, counted by the day",
        "Organisations at Xero that nobody uses here",
        "What Xero told by webhook",
    }


def test_the_readme_says_how_long_everything_is_kept() -> None:
    """Row M3."""
    readme = (ROOT / "README.md").read_text()
    table = readme.partition("| what | is kept |\n|---|---|\n")[2].partition("\n\n")[0]

    rows = [row.strip("| ").split(" | ") for row in table.splitlines()]

    assert dict(rows) == {what: str(span) for what, span in RETENTION.items()}


def fill_other(app: Flask, account: Account) -> None:
    fill(app, account, "dana")


def knows_people(table: Table) -> bool:
    refers = any(key.column.table.name == "user" for key in table.foreign_keys)
    return refers or any(PERSONAL.search(column.name) for column in table.columns)


def rows_about(app: Flask, account: Account) -> dict[str, int]:
    """How many rows of each table name the person, whichever way: by id, by address, by name."""
    names = (account.id.hex, str(account.id), MARK, subject_of(account).casefold())
    with app.app_context():
        return {
            table.name: found
            for table in db.metadata.sorted_tables
            if (found := sum(any(name in row for name in names) for row in dump(table)))
        }


def dump(table: Table) -> Iterator[str]:
    for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):  # noqa: S608
        yield " ".join(str(value) for value in row).casefold()


def take_away(browser: Client) -> Any:
    answer = browser.post("/account/privacy/export")
    assert answer.status_code == 200, answer.location
    return answer


def tables_of(answer: Any) -> Mapping[str, list[dict[str, object]]]:
    return cast(Mapping[str, list[dict[str, object]]], answer.get_json()["tables"])


def age_proofs(app: Flask) -> None:
    with app.app_context():
        for row in db.session.scalars(select(StoredSession)):
            row.content = {**row.content, "proved_at": row.content.get("proved_at", 0) - 3600}
        db.session.commit()


def end_what_has_a_beginning(app: Flask) -> None:
    """From now on the days are counted: what was open has run out, what was connected has ended."""
    with app.app_context():
        ended = {"status": "disconnected", "ended_at": now()}
        db.session.execute(update(Connection).values(ended))
        for table in ("mailed_proof", "invitation", "errand"):
            rows = db.metadata.tables[table]
            db.session.execute(update(rows).values(expires_at=now()))
        db.session.execute(update(Mail).values(created_at=now()))
        db.session.commit()


def let_pass(app: Flask, span: timedelta) -> None:
    """Move every moment of every row back; the log alone is not to be changed."""
    with app.app_context():
        for table in db.metadata.sorted_tables:
            columns = [each for each in table.columns if isinstance(each.type, UtcDateTime)]
            if table.name == "audit" or not columns:
                continue
            keys = list(table.primary_key.columns)
            for row in db.session.execute(select(table)).mappings().all():
                earlier = {each: row[each] - span for each in columns if row[each] is not None}
                where = [key == row[key] for key in keys]
                if earlier:
                    db.session.execute(update(table).where(*where).values(earlier))
        db.session.commit()


def count(app: Flask, table: str) -> int:
    with app.app_context():
        rows = select(func.count()).select_from(db.metadata.tables[table])
        return db.session.scalar(rows) or 0
