"""Commands where there is no database yet, as before the first start."""

import pytest

from xero_onboard.config import Settings
from xero_onboard.factory import create_app
from xero_onboard.lib.db import db


@pytest.mark.parametrize(
    "words",
    [
        ("users", "create", "boss@example.com", "--name", "Boss", "--role", "admin"),
        ("users", "list"),
        *(("connections", "list"), ("vault", "check"), ("audit", "verify"), ("digest", "show")),
        *(("content", "sync"), ("content", "import", "mintlify", "."), ("work", "--once")),
        ("content", "import", "zendesk", "https://help.example.com"),
    ],
    ids=" ".join,
)
def test_a_command_says_that_there_is_no_database_and_makes_none(
    settings: Settings, words: tuple[str, ...]
) -> None:
    site = create_app(settings)

    said = site.test_cli_runner().invoke(args=words)

    assert said.exit_code == 1
    assert "There is no database yet. `flask db upgrade` makes it" in said.output
    assert not list(settings.instance.glob("site.db*"))


def test_a_file_without_tables_is_no_database(settings: Settings) -> None:
    site = create_app(settings)
    (settings.instance / "site.db").touch()

    said = site.test_cli_runner().invoke(args=("users", "list"))

    assert "There is no database yet." in said.output
    with site.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    "words", [("audit", "events"), ("vault", "new-key", "k2"), ("users", "create", "--help")]
)
def test_what_needs_no_database_asks_for_none(settings: Settings, words: tuple[str, ...]) -> None:
    site = create_app(settings)

    assert site.test_cli_runner().invoke(args=words).exit_code == 0
    assert not (settings.instance / "site.db").exists()
