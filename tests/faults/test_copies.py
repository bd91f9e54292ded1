"""A copy of a site beside it, and the first use of a database by many, as processes of their own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete

from tests.connect.copies.making import back_up, copy_keys
from tests.faults.crew import Member
from tests.faults.test_refreshing import change
from tests.faults.yard import Yard
from tests.outside import ENVIRON
from xero_onboard.config import ROOT
from xero_onboard.connect import installation
from xero_onboard.connect.installation import Installation
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit, db

FLASK = (sys.executable, "-m", "flask", "--app", "app")


@pytest.fixture
def folder(yard: Yard, tmp_path: Path) -> Path:
    """A copy of the site's database and keys, with everything due."""
    change(yard, access_expires_at=now(), next_refresh_at=now())
    copy_keys(yard.app, tmp_path / "copy")
    back_up(yard.app, tmp_path / "copy" / "site.db")
    return tmp_path / "copy"


def run(yard: Yard, folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """A command of the site whose data lie in this folder, and which has the same Xero."""
    environ = {**ENVIRON, **yard.environ, "INSTANCE_DIR": str(folder)}
    return subprocess.run(  # noqa: S603
        (*FLASK, *words), cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )


def test_a_copy_beside_its_site_takes_no_token_from_it(yard: Yard, folder: Path) -> None:
    """Fault row 35: the worker of the copy runs first, and that of the site finds everything as it was."""
    yard.served.requests.clear()

    said = run(yard, folder, "work", "--once").stderr
    asked_by_the_copy = list(yard.served.requests)
    run(yard, Path(yard.environ["INSTANCE_DIR"]), "work", "--once")

    assert asked_by_the_copy == []
    assert "The connections rest." in said
    assert len(yard.front.calls) == 1
    assert yard.outcome() == "active"


def test_a_copy_that_is_adopted_takes_the_place_of_its_site(yard: Yard, folder: Path) -> None:
    """Fault row 35."""
    run(yard, folder, "connections", "adopt", "--yes")

    run(yard, folder, "work", "--once")

    assert [call.status for call in yard.front.calls] == ["200"]
    assert "active" in run(yard, folder, "connections", "list").stdout


def test_those_who_use_a_database_first_agree_whose_it_is(
    yard: Yard, start: Callable[..., Member]
) -> None:
    with yard.app.app_context():
        begin_write()
        db.session.execute(delete(Installation))
        commit()
    for memory in Path(yard.environ["INSTANCE_DIR"]).glob("installation-*"):
        memory.unlink()
    members = [start() for _ in range(4)]
    for member in members:
        member.wait_for("ready")

    for member in members:
        member.go()

    assert [each.end() for each in members] == [0] * 4
    assert len(yard.front.calls) == 1
    with yard.app.app_context():
        assert not installation.must_rest()
