"""Ways to ask the assistants of others about a guide: plain links, which tell them its address and nothing of the reader."""

from dataclasses import dataclass
from urllib.parse import quote

from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.web import settings

# What each begins a conversation with is the end of its address.
_PLACES = {
    "ChatGPT": "https://chatgpt.com/?hints=search&q=",
    "Claude": "https://claude.ai/new?q=",
}


@dataclass(frozen=True)
class Assistant:
    """One of them, and the way to ask it about this guide."""

    name: str
    href: str


def offered(markdown_path: str) -> tuple[Assistant, ...]:
    """Those that can read a public guide; none where the operator wants none, or where only this machine reads it."""
    chosen = settings()
    if chosen.is_on_this_machine or not chosen.has_assistants:
        return ()
    address = f"{chosen.public_origin}{markdown_path}"
    question = _("Read %(address)s and answer my questions about it.", address=address)
    return tuple(Assistant(name, place + quote(question, "")) for name, place in _PLACES.items())
