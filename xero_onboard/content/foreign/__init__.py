"""Guides written as HTML elsewhere, as our Markdown: the same words, what they are made of, and a line for what is not kept."""

from xero_onboard.content.foreign.converting import convert
from xero_onboard.content.foreign.escaping import escaped
from xero_onboard.content.foreign.fidelity import summary
from xero_onboard.content.foreign.surroundings import (
    Converted,
    NoPicture,
    Note,
    Surroundings,
)

__all__ = ["Converted", "NoPicture", "Note", "Surroundings", "convert", "escaped", "summary"]
