"""Parts of a guide for people alone, which its page shows, or for machines alone, which read its Markdown.

After Mintlify (https://www.mintlify.com/docs/components/visibility). Anybody can ask for either form, so that nothing
is hidden by this.
"""

import re
from collections.abc import Sequence

from xero_onboard.content.components import Component, Line, Node
from xero_onboard.content.problems import Broken
from xero_onboard.content.spans import without_code

_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]")
_BUTTONS = ("Connect", "AskAdministrator")


def is_for_agents(component: Component) -> bool:
    """Whether its page does not show it."""
    return component.name == "Visibility" and component.attrs["for"] == "agents"


def is_for_people(component: Component) -> bool:
    """Whether the Markdown of its page leaves it out."""
    return component.name == "Visibility" and component.attrs["for"] == "humans"


def check_audiences(file: str, nodes: Sequence[Node], around: Component | None = None) -> None:
    """Whether somebody reads every part, and can do what it says; `around` is the audience's part; raises Broken."""
    is_hidden = around is not None and is_for_agents(around)
    for node in nodes:
        if isinstance(node, Component):
            is_part = node.name == "Visibility"
            if is_part and around:
                message = f"<Visibility> stands within that of line {around.number}: end that one before it"
                raise Broken(file, node.number, message)
            if is_hidden and node.name in _BUTTONS:
                message = f"a machine cannot press a button: take <{node.name}> out of the part for agents"
                raise Broken(file, node.number, message)
            check_audiences(file, node.children, node if is_part else around)
        elif is_hidden and isinstance(node, Line) and _FOOTNOTE.search(without_code(node.text)):
            message = (
                "footnotes stand at the end of the page: say it here, where machines alone read it"
            )
            raise Broken(file, node.number, message)
