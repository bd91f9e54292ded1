"""The components as the editor offers them: what is asked for each, and what is written into the text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xero_onboard.content.grammar import COMPONENTS, OneOf, SeveralOf
from xero_onboard.content.lowering import state_in_words

# What each attribute is called where it is asked for.
LABELS: Mapping[str, str] = {
    "title": "Title",
    "caption": "Caption",
    "check": "Is done when",
    "open": "Open from the start",
    "cols": "Beside each other",
    "href": "Leads to",
    "provider": "Provider",
    "connection": "In these states",
    "name": "Name of the snippet",
    "for": "Who reads it",
    "src": "Address of the video",
    "start": "Begins at, as 1m30s",
}
# What can be chosen, where the word that is written does not say it.
WORDS: Mapping[str, str] = {
    "": "Leave it out",
    "humans": "People, on the page",
    "agents": "Machines, in the page’s Markdown",
}


@dataclass(frozen=True)
class Field:
    """One attribute of a component: typed, chosen from `options`, ticked in them, or there or not."""

    name: str
    label: str
    is_required: bool = False
    # What is written, with the words by which it is chosen.
    options: Mapping[str, str] = field(default_factory=dict)
    is_several: bool = False
    is_flag: bool = False


@dataclass(frozen=True)
class Insert:
    """One component; `body` is what stands in it where nothing was selected."""

    name: str
    label: str
    about: str
    body: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it is written as one tag, without anything in it."""
        return COMPONENTS[self.name].is_empty

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every attribute that the grammar knows."""
        grammar = COMPONENTS[self.name]
        return (
            *(self._field(name, is_required=True) for name in grammar.required),
            *(self._field(name) for name in grammar.allowed),
            *(Field(name, LABELS.get(name, name), is_flag=True) for name in grammar.flags),
        )

    def _field(self, name: str, *, is_required: bool = False) -> Field:
        check, label = COMPONENTS[self.name].attributes[name], LABELS.get(name, name)
        if isinstance(check, OneOf):
            given = check.allowed if is_required else ("", *check.allowed)
            return Field(name, label, is_required, {each: WORDS.get(each, each) for each in given})
        if isinstance(check, SeveralOf):
            words = {each: state_in_words(each) for each in check.allowed}
            return Field(name, label, is_required, words, is_several=True)
        return Field(name, label, is_required)


_STEP = '<Step title="The first action">\nPress **the button**.\n</Step>'


def _box(name: str, about: str) -> Insert:
    return Insert(name, name, about, "What the reader must know.")


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
        Insert("Steps", "Steps", "Numbered by themselves", _STEP),
        Insert(
            "Step",
            "One more step",
            "Inside steps; ticked by itself if a check is chosen",
            "Press **the button**.",
        ),
        Insert(
            "Frame",
            "Frame",
            "A picture with its caption",
            "![What the picture shows](images/name.png)",
        ),
        Insert("Video", "Video", "At YouTube, Vimeo, Wistia or Loom; loads when it is pressed"),
    ),
    "Parts that fold or take turns": (
        Insert(
            "AccordionGroup",
            "Folded parts",
            "Several below each other",
            '<Accordion title="What it is about">\nText.\n</Accordion>',
        ),
        Insert("Accordion", "One folded part", "Opens when it is pressed", "Text."),
        Insert(
            "Tabs",
            "Tabs",
            "One of several ways",
            '<Tab title="On a phone">\nText.\n</Tab>\n<Tab title="On a computer">\nText.\n</Tab>',
        ),
        Insert("Tab", "One more tab", "Inside tabs", "Text."),
        Insert(
            "CardGroup",
            "Cards",
            "Ways to go on",
            '<Card title="Where it leads" href="guide.md">\nWhy to go there.\n</Card>',
        ),
        Insert(
            "Card",
            "One card",
            "A way to go on",
            "Why to go there.",
        ),
    ),
    "Shared text": (
        Insert(
            "Snippet",
            "Snippet",
            "A text that several guides share",
        ),
    ),
    "For people or machines": (
        Insert(
            "Visibility",
            "Only for people or machines",
            "On the page alone, or in its Markdown alone; it hides nothing, both can be read by anybody",
            "Text.",
        ),
    ),
    "Live parts": (
        Insert("Connect", "Connect button", "The live button"),
        Insert("AskAdministrator", "Ask somebody else", "A link for an administrator"),
        Insert("ConnectionStatus", "Connection", "How the reader’s connection is"),
        Insert(
            "When",
            "Only for some",
            "Shown in the states you name",
            "Text.",
        ),
    ),
}
