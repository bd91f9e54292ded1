"""From /faults a person gets to every state and every failure of the guides, whatever is switched on."""

import re

import httpx

from tests.servers import Stage
from xero_onboard.connect.outcomes import CATALOGUE
from xero_onboard.content.grammar import STATES

LINK = re.compile(r'href="(/connect/states/[a-z_/]+)"')


def test_every_state_of_the_article_is_reached_from_the_faults(stage: Stage) -> None:
    stage.faults.stay("any", "refuse")
    with httpx.Client(trust_env=False, timeout=20) as browser:
        page = browser.get(f"{stage.sandbox}/faults").text
        (index,) = re.findall(r'<a href="(http[^"]+/connect/states)">', page)
        links = set(LINK.findall(browser.get(index).text))
        shown = {link: browser.get(f"{stage.site}{link}").status_code for link in links}

    assert {f"/connect/states/outcomes/{code}" for code in CATALOGUE} <= links
    assert {f"/connect/states/{state}" for state in STATES} <= links
    assert set(shown.values()) == {200}
