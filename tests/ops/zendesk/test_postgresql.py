"""A help centre comes over to PostgreSQL as it does to SQLite."""

import pytest

from tests.client import Client
from tests.zendesk import HelpCentre, Import
from tests.zoo import encoded


@pytest.fixture
def environ(environ: dict[str, str], postgres_url: str) -> dict[str, str]:
    return {**environ, "DATABASE_URL": postgres_url}


def test_it_comes_over_changes_and_stays(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.attachment(300, 900, "menu.png", encoded("PNG"), inline=True)
    centre.attachment(300, 901, "form.pdf", b"%PDF-1.7 form")
    body = '<p>First.</p><p><img src="/hc/article_attachments/900/menu.png" alt="Menu"></p>'
    article = centre.article(300, "How to start", body, vote_sum=0, vote_count=2)

    first = take_in()
    again = take_in()
    article.update(title="How to begin", body=body.replace("First", "Second"))
    changed = take_in()

    assert "1 new" in first
    assert "0 changed, 1 as they were" in again
    assert "1 changed" in changed
    answer = client.get("/hc/en-us/articles/300-How-to-start", follow_redirects=True)
    assert "<p>Second.</p>" in answer.text
    assert "1 out of 2 found this helpful" in answer.text
    assert client.get("/hc/article_attachments/901/form.pdf").data == b"%PDF-1.7 form"
    assert client.get("/hc/article_attachments/900", follow_redirects=True).mimetype == "image/png"
