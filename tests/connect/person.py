"""A person at the practice Xero, with a browser of their own."""

import re
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

PASSWORD = "practice-xero"


class Person:
    """Logs in where asked, and decides on the consent page as the test says."""

    def __init__(self, origin: str, email: str) -> None:
        self.origin = origin
        self.email = email
        self.browser = httpx.Client(
            headers={"Sec-Fetch-Site": "same-origin"}, trust_env=False, timeout=20
        )

    def allow(self, authorize_url: str, organisation: str | None = None) -> str:
        """Press "Allow access"; the address of the site that Xero sends the browser to."""
        page = self._follow(authorize_url)
        if page.is_redirect:
            # Somebody who only signs in and did so before is not asked again.
            return page.headers["Location"]
        decision: dict[str, str | list[str]] = {"decision": "allow"}
        if "<select" in page.text:
            decision["organisation"] = Options.of(page.text).value(organisation)
        return self._decide(page, decision)

    def allow_several(self, authorize_url: str, *organisations: str) -> str:
        """Tick these where Xero lets several be ticked, and press "Allow access"."""
        page = self._follow(authorize_url)
        boxes = re.findall(r'value="([^"]+)">\s*<label[^>]*>([^<]+)</label>', page.text)
        ticked = [value for value, name in boxes if unescape(name) in organisations]
        return self._decide(page, {"decision": "allow", "organisation": ticked})

    def open(self, authorize_url: str) -> httpx.Response:
        """Log in where asked; the page on which there is to decide."""
        return self._follow(authorize_url)

    def go_on(self, authorize_url: str) -> str:
        """Press "Continue with N organisations", adding none."""
        return self._decide(self._follow(authorize_url), {"decision": "continue"})

    def cancel(self, authorize_url: str) -> str:
        """Press "Cancel"."""
        return self._decide(self._follow(authorize_url), {"decision": "cancel"})

    def disconnect(self, organisation: str) -> None:
        """Take the access back, from Xero's side."""
        page = self._follow(f"{self.origin}/connected-apps")
        for article in page.text.split("<article")[1:]:
            if organisation in unescape(article):
                action = re.search(r'action="([^"]+)"', article)
                assert action is not None
                self.browser.post(urljoin(self.origin, action[1]))
                return
        raise AssertionError(f"{organisation} is not connected")

    def _decide(self, page: httpx.Response, decision: Mapping[str, str | list[str]]) -> str:
        answer = self.browser.post(page.url, data=decision)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def _follow(self, url: str) -> httpx.Response:
        page = self._get(url)
        if page.url.path == "/identity/user/login":
            target = Hidden.of(page.text).values.get("ReturnUrl", "")
            page = self._post(
                page, {"email": self.email, "password": PASSWORD, "ReturnUrl": target}
            )
        if page.url.path.startswith("/account/set-up"):
            page = self._post(page, {}, re.search(r'<form[^>]*action="([^"]+)"', page.text))
        if page.url.path == "/account/two-step-authentication":
            page = self._post(page, {"code": self._code()})
        return page

    def _code(self) -> str:
        page = self.browser.get(f"{self.origin}/authenticator", params={"email": self.email}).text
        code = re.search(r'id="code">([0-9 ]+)<', page)
        assert code is not None, page
        return code[1].replace(" ", "")

    def _get(self, url: str) -> httpx.Response:
        answer = self.browser.get(url)
        while answer.is_redirect and self._is_here(answer):
            answer = self.browser.get(urljoin(str(answer.url), answer.headers["Location"]))
        return answer

    def _post(
        self, page: httpx.Response, form: dict[str, str], action: re.Match[str] | None = None
    ) -> httpx.Response:
        url = urljoin(str(page.url), action[1]) if action else page.url
        answer = self.browser.post(url, data=form)
        assert answer.is_redirect, answer.text
        return self._get(urljoin(str(answer.url), answer.headers["Location"]))

    def _is_here(self, answer: httpx.Response) -> bool:
        target = urljoin(str(answer.url), answer.headers["Location"])
        return urlsplit(target).netloc == urlsplit(self.origin).netloc


class Hidden(HTMLParser):
    """The hidden fields of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}

    @classmethod
    def of(cls, page: str) -> "Hidden":
        parser = cls()
        parser.feed(page)
        return parser

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "input" and values.get("type") == "hidden" and values.get("name"):
            self.values[str(values["name"])] = values.get("value") or ""


class Options(HTMLParser):
    """The entries of a drop-down list that can be chosen, by their words."""

    def __init__(self) -> None:
        super().__init__()
        self.choices: dict[str, str] = {}
        self._value: str | None = None

    @classmethod
    def of(cls, page: str) -> "Options":
        parser = cls()
        parser.feed(page)
        return parser

    def value(self, words: str | None) -> str:
        """The value behind these words, or of the only entry."""
        if words is not None:
            return self.choices[words]
        (value,) = (value for value in self.choices.values() if value)
        return value

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self._value = values.get("value") if tag == "option" and "disabled" not in values else None

    def handle_data(self, data: str) -> None:
        if self._value is not None and data.strip():
            self.choices[data.strip()] = self._value
