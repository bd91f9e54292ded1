"""The guides' pictures show the pages as they are: each was taken of what stands there today."""

import pytest
from playwright.sync_api import Browser

from tests.pictures import GUIDES, PICTURES, Picture, digest_of, posed, recorded, words_of
from tests.servers import Stage
from xero_onboard.config import ROOT

TAKE_THEM_ANEW = "run `make pictures`, and look at what has changed"


def test_every_picture_was_taken_and_not_drawn() -> None:
    files = {str(file.relative_to(ROOT)) for file in GUIDES.rglob("*.png")}

    assert files <= {picture.name for picture in PICTURES}
    assert {picture.name: digest_of(picture) for picture in PICTURES} == {
        name: taken["digest"] for name, taken in recorded().items()
    }, TAKE_THEM_ANEW


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.file.stem)
def test_a_picture_is_not_out_of_date(browser: Browser, stage: Stage, picture: Picture) -> None:
    with posed(picture, browser, stage) as page:
        words = words_of(page, picture)

    assert words == recorded()[picture.name]["words"], TAKE_THEM_ANEW
