"""Where a browser really goes, which may read an address in another way than we do."""

from urllib.parse import quote, urlsplit

from playwright.sync_api import Page

from tests.disguises import DISGUISES
from tests.journeys.practice import RILEY
from tests.journeys.reader import Reader
from tests.servers import Stage


def test_no_disguise_leads_a_signed_in_reader_to_another_site(page: Page, stage: Stage) -> None:
    """Row A8: the page that goes on at once to where it is told."""
    Reader(RILEY, page, stage).connect()

    for disguise in DISGUISES:
        page.goto(f"/sign-in?next={quote(disguise, safe='')}")

        assert urlsplit(page.url).netloc == urlsplit(stage.site).netloc, disguise
