"""Whether the site is up is said to machines, and no more than that."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from tests.client import Client
from xero_onboard.lib.db import db


@pytest.mark.parametrize(("path", "word"), [("/healthz", "ok"), ("/readyz", "ready")])
def test_a_site_that_is_up_says_so(client: Client, path: str, word: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.text, answer.mimetype) == (200, f"{word}\n", "text/plain")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("trouble", ["older tables", "no tables", "no database"])
def test_a_site_without_its_database_is_alive_and_not_ready(
    app: Flask, client: Client, trouble: str
) -> None:
    with app.app_context():
        if trouble == "older tables":
            db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        elif trouble == "no tables":
            db.session.execute(text("DROP TABLE alembic_version"))
        db.session.commit()
        if trouble == "no database":
            db.session.remove()
            db.engine.dispose()
            file = db.engine.url.database
            assert file
            Path(file).write_bytes(b"not a database" * 100)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.text) == (503, "not ready\n")
    assert client.get("/healthz").status_code == 200


def test_nobody_asks_too_often(client: Client) -> None:
    assert {client.get("/healthz").status_code for _ in range(700)} == {200}
