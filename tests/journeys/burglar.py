"""Somebody who speaks HTTP to the running site as a browser would, and as no browser should."""

import re
import time
from html import unescape

import httpx
import pyotp

from tests.servers import Stage

GOOD = "velvet-harbour-quill-91"
_KEY = re.compile(r'id="key">([A-Z2-7 ]+)<')
_CODES = re.compile(r"<code>((?:[A-Z2-7]{4}-){3}[A-Z2-7]{4})</code>")
_MAIL = re.compile(r'href="(/inbox/[0-9a-f-]{36})">([^<]*)</a>\s*<span[^>]*>To ([^,<]*),')


class Burglar:
    """One browser's worth of cookies on a real socket; every form says that it is the site's own."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        # Nothing is kept open, so that each request meets any of the workers.
        self.http = httpx.Client(
            base_url=stage.site,
            headers={"Sec-Fetch-Site": "same-origin"},
            limits=httpx.Limits(max_keepalive_connections=0),
            timeout=30,
        )
        self.key = ""

    def another(self) -> "Burglar":
        """A browser that knows nothing of this one's cookies."""
        return Burglar(self.stage)

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self.http.post(path, data=fields)

    def sign_up(self, address: str) -> "Burglar":
        self.post("/register", name="Robin Hale", email=address, password=GOOD)
        code = self.mailed(address, "Your code to finish signing up", r"\b([0-9]{3}) ?([0-9]{3})\b")
        assert self.post("/register/code", code=code).status_code == 303
        return self

    def enter(self, address: str, password: str = GOOD) -> httpx.Response:
        return self.post("/sign-in/password", email=address, password=password)

    def is_in(self) -> bool:
        return self.get("/account").status_code == 200

    def set_up_app(self) -> list[str]:
        """The recovery codes that are shown once."""
        found = _KEY.search(self.get("/account/two-step").text)
        assert found is not None
        self.key = found[1].replace(" ", "")
        shown = self.post("/account/two-step", code=self.code(-1))
        assert shown.status_code == 200, shown.text
        return _CODES.findall(shown.text)

    def code(self, later: int = 0) -> str:
        """What the app shows now, or half minutes before or later."""
        left = 30 - time.time() % 30
        if later < 0 and left < 8:
            # The code before this one runs out with this one, which may be sooner than it is typed.
            time.sleep(left)
        return pyotp.TOTP(self.key).at(int(time.time()) + 30 * later)

    def mailed(self, address: str, subject: str, what: str) -> str:
        """What the newest mail with this subject says, when the worker has written it."""
        for _ in range(60):
            rows = _MAIL.findall(self.get("/inbox").text)
            found = [
                path for path, title, to in rows if to == address and unescape(title) == subject
            ]
            if found:
                text = unescape(self.get(found[0]).text)
                match = re.search(what, text)
                assert match is not None, text
                return "".join(match.groups())
            time.sleep(0.25)
        raise AssertionError(f"no mail “{subject}” for {address}")
