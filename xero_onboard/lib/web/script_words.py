"""What scripts say, in the language of the page; they find it at its body."""

from flask import Flask, current_app, json

from xero_onboard.lib.languages import current_locale, gettext, marked

_WORDS = {
    "suggested": marked("Suggested guides"),
    "none": marked("No guide yet"),
    "one": marked("1 guide, use the up and down keys"),
    "several": marked("%s guides, use the up and down keys"),
    "enlarge": marked("Enlarge: %s"),
    "close": marked("Close the picture"),
    "copy": marked("Copy"),
    "copied": marked("Copied"),
    "cancelled": marked("Your device did not answer, or you stopped. Nothing was changed."),
    "known": marked("This device has a passkey for your account already."),
    "newTab": marked("(opens in a new tab)"),
    "failed": marked("This did not work. Wait a moment, then try again."),
}


def register(app: Flask) -> None:
    """Let pages hand them over; each language's are put together once."""
    app.extensions["script_words"] = {}
    app.jinja_env.globals["script_words"] = _script_words


def _script_words() -> str:
    known: dict[str, str] = current_app.extensions["script_words"]
    locale = current_locale()
    if locale not in known:
        known[locale] = json.dumps({name: gettext(words) for name, words in _WORDS.items()})
    return known[locale]
