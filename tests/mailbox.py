"""What somebody finds in their mailbox, read from the site's own inbox page after the worker came by."""

import re
from html import unescape

from flask import Flask

from tests.client import Client
from xero_onboard.lib import jobs

_ROW = re.compile(r'href="(/inbox/[0-9a-f-]{36})">([^<]*)</a>\s*<span[^>]*>To ([^,<]*),')
_TEXT = re.compile(r'<div class="letter">(.*?)</div>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def letters(app: Flask, address: str) -> list[str]:
    """The mails to this address as text, the newest first; each begins with its subject."""
    assert jobs.run_due(app)
    client = app.test_client()
    assert isinstance(client, Client)
    rows = _ROW.findall(client.get("/inbox").text)
    return [
        f"{unescape(subject)}\n{_text(client.get(path).text)}"
        for path, subject, to in rows
        if unescape(to) == address
    ]


def newest(app: Flask, address: str) -> str:
    """The newest mail to this address; raises IndexError when there is none."""
    return letters(app, address)[0]


def code(app: Flask, address: str) -> str:
    """The six digits in the newest mail to this address."""
    found = re.search(r"\b([0-9]{3}) ?([0-9]{3})\b", newest(app, address))
    assert found is not None, newest(app, address)
    return found[1] + found[2]


def link(app: Flask, address: str, start: str) -> str:
    """The path of the link in the newest mail that begins like this."""
    found = re.search(rf"http://localhost:8000({re.escape(start)}\S+)", newest(app, address))
    assert found is not None, newest(app, address)
    return found[1]


def _text(page: str) -> str:
    found = _TEXT.search(page)
    assert found is not None, page
    return unescape(_TAG.sub("", found[1]))
