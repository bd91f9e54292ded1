"""Names as others see them: without the characters that nobody sees, and that can make one name look like another."""

import unicodedata

# What turns the letters after it around, so that they are read in another order than they are stored.
# https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# They join letters or keep them apart, in Persian or in Malayalam; alone nobody sees them.
_JOINERS = frozenset("\u200c\u200d")
# Letters and signs for Unicode, and empty for the eye: fillers of Hangul, and braille without a dot.
_EMPTY = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_VIRAMA = 9


def seen(name: str) -> str:
    """The name in one line without what nobody sees; empty when there is nothing to see at all."""
    kept = "".join(each for at, each in enumerate(name) if _is_seen(name, at))
    has_any = any(unicodedata.category(each)[0] in "LNPS" for each in kept)
    return " ".join(kept.split()) if has_any else ""


def turns_around(text: str) -> bool:
    """Whether it may be read in another order than it is stored."""
    return not _TURNS.isdisjoint(text)


def without_turns(text: str) -> str:
    """The text, read in the order in which it is stored."""
    return "".join(each for each in text if each not in _TURNS)


def _is_seen(name: str, at: int) -> bool:
    character = name[at]
    if character in _JOINERS:
        return _joins(name[at - 1 : at], name[at + 1 : at + 2])
    return character not in _EMPTY and unicodedata.category(character) != "Cf"


def _joins(before: str, after: str) -> bool:
    """Whether a joiner stands between letters, or ends a word as it may only after a virama."""
    is_after_letter = bool(before) and unicodedata.category(before)[0] in "LM"
    ends_well = bool(before) and unicodedata.combining(before) == _VIRAMA
    return is_after_letter and (ends_well or unicodedata.category(after or " ")[0] in "LM")
