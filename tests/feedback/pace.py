"""How long somebody looks at a form before they send it."""

import re
from collections.abc import Mapping
from datetime import timedelta

from tests.client import Client
from xero_onboard.feedback import spam
from xero_onboard.lib.clock import now

MINUTE = timedelta(minutes=1)


def unhurried(
    browser: Client, fields: Mapping[str, str], after: timedelta = MINUTE
) -> dict[str, str]:
    """The fields of a form, as sent by somebody who has had it before them for so long."""
    with browser.application.app_context():
        return {"shown_at": spam.stamp(now() - after), **fields}


def without_stamps(page: str) -> str:
    """The page, without the second at which each of its forms was shown."""
    return re.sub(r'(name="shown_at"\s+value=)"[^"]*"', r"\1…", page)
