"""A reader at the running site: their browser there, and themselves at the practice Xero."""

import re
from html import unescape
from urllib.parse import urljoin

import httpx

from tests.connect.person import Person
from tests.servers import Stage

PAGE = "/connect"
PLACE = {"next": PAGE, "anchor": "connect"}


class Reader:
    """Goes through the site over sockets, without any script."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage = stage
        self.email = f"{name}@practice.example"
        self.site = httpx.Client(
            base_url=stage.site,
            headers={"Sec-Fetch-Site": "same-origin"},
            trust_env=False,
            timeout=40,
        )
        self.xero = Person(stage.sandbox, self.email)
        self._page = ""

    def press_connect(self, **form: str) -> str:
        """Press Connect; the address at Xero to which that leads."""
        return self._leaves(self.site.post("/connect/xero", data={**PLACE, **form}))

    def press_reconnect(self, organisation: str) -> str:
        """Press Reconnect beside an organisation; the address at Xero."""
        return self._leaves(self.site.post(self.button("reconnect", organisation), data=PLACE))

    def press(self, button: str, organisation: str) -> str:
        """Press another button beside an organisation; the words of the page that follows."""
        return self.follow(self.site.post(self.button(button, organisation), data=PLACE))

    def come_back(self, callback: str) -> str:
        """Open what Xero sends the browser to; the words of the page where that ends."""
        return self.follow(self.site.get(callback))

    def connect(self, organisation: str) -> str:
        """From the press of Connect to the page where that ends."""
        return self.come_back(self.xero.allow(self.press_connect(), organisation))

    def connect_once_more(self, organisation: str) -> str:
        """Press Connect where Xero remembers everything, and choose where the site asks which it was."""
        page = self.come_back(self.xero.go_on(self.press_connect()))
        return self.choose(organisation) if "choose your organisation" in page else page

    def check_again(self) -> str:
        """Press the button that the last page offers; the words of the page that follows."""
        action = re.search(r'action="(/connect/attempts/[0-9a-f-]+/again)"', self._page)
        assert action is not None, "there is nothing to check again"
        return self.follow(self.site.post(action[1]))

    def saw(self, answer: str) -> str:
        """Say what there was to see at Xero; the words of the page that follows."""
        page = self.site.get(PAGE).text
        action = re.search(r'action="(/connect/attempts/[0-9a-f-]+/saw)"', page)
        assert action is not None, "nobody asks what there was to see"
        return self.follow(self.site.post(action[1], data={"saw": answer}))

    def read(self, path: str = PAGE) -> str:
        """The words of a page."""
        return words(self.site.get(path, follow_redirects=True).text)

    def picker(self) -> str:
        """The words of the page on which there is an organisation to choose."""
        return words(self.site.get(self._picker_path()).text)

    def choose(self, organisation: str) -> str:
        """Tick this organisation where there are several; the words of the page that follows."""
        path = self._picker_path()
        page = unescape(self.site.get(path).text)
        ticked = [
            pick.partition('value="')[2].partition('"')[0]
            for pick in page.split('<div class="pick">')[1:]
            if f'"pick-name">{organisation}<' in pick
        ]
        return self.follow(self.site.post(path, data={"tenant": ticked}))

    def ask_a_colleague(self) -> str:
        """Make a link by which somebody else can connect for this reader."""
        page = self.site.post("/connect/errands/link", data=PLACE).text
        link = re.search(
            rf"{re.escape(self.stage.site)}(/for-a-colleague/[A-Za-z0-9_-]{{43}})", page
        )
        assert link is not None, words(page)
        return link[1]

    def agree(self, link: str) -> str:
        """Open a colleague's link and say yes to it; the address at Xero."""
        self.read(link)
        return self._leaves(self.site.post("/for-a-colleague", data={"confirm": "yes"}))

    def follow(self, answer: httpx.Response) -> str:
        """The words of the page to which an answer leads."""
        while answer.is_redirect:
            answer = self.site.get(urljoin(str(answer.url), answer.headers["Location"]))
        self._page = answer.text
        return words(self._page)

    def _picker_path(self) -> str:
        found = re.search(r"/connect/organisations/[0-9a-f-]+", self.site.get(PAGE).text)
        assert found is not None, "there is nothing to choose"
        return found[0]

    def _leaves(self, answer: httpx.Response) -> str:
        assert answer.status_code == 303, words(answer.text)
        return answer.headers["Location"]

    def button(self, verb: str, organisation: str) -> str:
        """Where the form of this button leads that stands beside the organisation's name."""
        page = unescape(self.site.get(PAGE).text)
        heading = rf'id="connection-([0-9a-f-]+)-title">\s*{re.escape(organisation)}\s'
        found = re.search(heading, page)
        assert found is not None, f"{organisation} is not there: {words(page)}"
        button = f"/connect/connections/{found[1]}/{verb}"
        assert f'action="{button}"' in page, f"no button to {verb} {organisation}"
        return button


def words(page: str) -> str:
    """What a page says, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
