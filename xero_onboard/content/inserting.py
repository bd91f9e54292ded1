"""The components as the editor offers them: what is asked for each, and what is written into the text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xero_onboard.content.grammar import CHECKS, COMPONENTS, PROVIDERS, STATES


@dataclass(frozen=True)
class Field:
    """One attribute of a component; with `options` one of them is chosen."""

    name: str
    label: str
    is_required: bool = False
    options: Sequence[str] = ()


@dataclass(frozen=True)
class Insert:
    """One component; `body` is what stands in it where nothing was selected."""

    name: str
    label: str
    about: str
    fields: Sequence[Field] = ()
    body: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it is written as one tag, without anything in it."""
        return COMPONENTS[self.name].is_empty


_TITLE = Field("title", "Title")
_NAMED = Field("title", "Title", is_required=True)
_PROVIDER = Field("provider", "Provider", is_required=True, options=PROVIDERS)
_STEP = '<Step title="The first action">\nPress **the button**.\n</Step>'


def _box(name: str, about: str) -> Insert:
    return Insert(name, name, about, (_TITLE,), "What the reader must know.")


INSERTS: Mapping[str, Sequence[Insert]] = {
    "Boxes": (
        _box("Warning", "What goes wrong if it is skipped"),
        _box("Danger", "What cannot be undone"),
        _box("Note", "What might be missed"),
        _box("Tip", "A shorter way"),
        _box("Info", "Background"),
        _box("Check", "What is seen when all went well"),
    ),
    "Steps and pictures": (
        Insert("Steps", "Steps", "Numbered by themselves", (), _STEP),
        Insert(
            "Step",
            "One more step",
            "Inside steps; ticked by itself if a check is chosen",
            (_NAMED, Field("check", "Is done when", options=("", *CHECKS))),
            "Press **the button**.",
        ),
        Insert(
            "Frame",
            "Frame",
            "A picture with its caption",
            (Field("caption", "Caption"),),
            "![What the picture shows](images/name.png)",
        ),
    ),
    "Parts that fold or take turns": (
        Insert(
            "AccordionGroup",
            "Folded parts",
            "Several below each other",
            (),
            '<Accordion title="What it is about">\nText.\n</Accordion>',
        ),
        Insert("Accordion", "One folded part", "Opens when it is pressed", (_NAMED,), "Text."),
        Insert(
            "Tabs",
            "Tabs",
            "One of several ways",
            (),
            '<Tab title="On a phone">\nText.\n</Tab>\n<Tab title="On a computer">\nText.\n</Tab>',
        ),
        Insert("Tab", "One more tab", "Inside tabs", (_NAMED,), "Text."),
        Insert(
            "CardGroup",
            "Cards",
            "Ways to go on",
            (Field("cols", "Beside each other", options=("2", "1", "3", "4")),),
            '<Card title="Where it leads" href="guide.md">\nWhy to go there.\n</Card>',
        ),
        Insert(
            "Card",
            "One card",
            "A way to go on",
            (_NAMED, Field("href", "Leads to")),
            "Why to go there.",
        ),
    ),
    "Shared text": (
        Insert(
            "Snippet",
            "Snippet",
            "A text that several guides share",
            (Field("name", "Name of the snippet", is_required=True),),
        ),
    ),
    "Live parts": (
        Insert("Connect", "Connect button", "The live button", (_PROVIDER,)),
        Insert(
            "AskAdministrator", "Ask somebody else", "A link for an administrator", (_PROVIDER,)
        ),
        Insert("ConnectionStatus", "Connection", "How the reader’s connection is"),
        Insert(
            "When",
            "Only for some",
            "Shown in the states you name",
            (
                Field(
                    "connection",
                    "In these states, separated by spaces: " + ", ".join(STATES),
                    is_required=True,
                ),
            ),
            "Text.",
        ),
    ),
}
