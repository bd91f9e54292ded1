"""In which language a page speaks: that of its address, of the page it leads back to, of its reader, of their browser.

The texts of pages are written in English where they stand. Each other language has one catalogue, which is read
when the site starts, so that no request opens a file and nothing has to be compiled. An address with a language in it
is the same for everybody; one without says by `Vary` that it depends on the browser's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import flask_babel
from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import NullTranslations, Translations
from blinker import Signal
from flask import Flask, Response, current_app, g, request, session
from werkzeug.exceptions import HTTPException

from xero_onboard.config import LOCALE, SOURCE_LANGUAGE, Settings, UnsafeSettingError
from xero_onboard.lib.reader import STRANGER, current_reader

SOURCE = SOURCE_LANGUAGE
# Nobody but staff and machines comes here, and theirs is one language.
_IN_ENGLISH = ("/staff", "/digest/", "/api/", "/inbox", "/static/")
# Rung with a language that somebody with a session reads from now on.
chosen = Signal()
_NONE = NullTranslations()
_ELSEWHERE = re.compile(r"(?!/)|/[/\\]")
_PLACE = re.compile(rf"/hc/({LOCALE.pattern})(?=/|$)")


@dataclass(frozen=True)
class LanguageLink:
    """The way to the same page in one language, named as those who speak it do."""

    locale: str
    lang: str
    name: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class Later:
    """A text with its names, in the language of whoever it is shown to at last."""

    text: str
    names: Mapping[str, object]

    def __str__(self) -> str:
        return gettext(self.text, **self.names)


@dataclass(frozen=True)
class LaterDay:
    """A day, and if asked for its time in UTC, as they are written in the language of whoever it is shown to at last."""

    moment: datetime
    with_time: bool = False

    def __str__(self) -> str:
        day: str = flask_babel.format_date(self.moment, "long")
        if not self.with_time:
            return day
        clock: str = flask_babel.format_time(self.moment, "short")
        return gettext("%(day)s, %(clock)s UTC", day=day, clock=clock)


Text = str | Later


def gettext(text: str, /, **names: object) -> str:
    """The text in the language of this page; names stand in it as %(name)s."""
    said = _texts().gettext(text)
    return said % names if names else said


def ngettext(one: str, several: str, count: int, /, **names: object) -> str:
    """The text for so many of something, which stand in it as %(num)s."""
    return _texts().ngettext(one, several, count) % {"num": count, **names}


def marked(text: str) -> str:
    """A text that is written down before anybody asks for it; whoever shows it translates it."""
    return text


def later(text: str, /, **names: object) -> Later:
    """A text for somebody else, whose language is known only where it is written to them."""
    return Later(text, names)


def spoken() -> tuple[str, ...]:
    """The languages that the pages speak, that in which they are written first."""
    found: tuple[str, ...] = current_app.extensions["settings"].languages
    return found


def current_locale() -> str:
    """The language of this page, as it stands in addresses; outside a request that in which pages are written."""
    if "locale" not in g:
        g.locale = _find() if request else SOURCE
    locale: str = g.locale
    return locale


def reading_locale() -> str:
    """The language that the address of this page names, whether the pages speak it or not; else that of the page."""
    found = _PLACE.match(request.path) if request else None
    return found[1] if found else current_locale()


def chosen_now() -> str | None:
    """What the reader of this page has chosen, by its address or before in this session."""
    found = _named() or session.get("locale")
    return found if found in spoken() else None


@contextmanager
def speaking(locale: str | None) -> Iterator[None]:
    """Write in another language meanwhile: mail speaks to its recipient, whoever causes it."""
    before = g.get("locale")
    g.locale = locale if locale in spoken() else SOURCE
    g.pop("texts", None)
    try:
        with flask_babel.force_locale(str(_babel(g.locale))):
            yield
    finally:
        g.pop("texts", None)
        g.pop("locale")
        if before is not None:
            g.locale = before


@lru_cache
def language(locale: str) -> str:
    """The locale as HTML and HTTP write it: en-gb is en-GB."""
    name, hyphen, region = locale.partition("-")
    return f"{name}{hyphen}{region.upper() if len(region) == 2 else region.title()}"


def listing(names: Sequence[str]) -> str:
    """The names in one breath, as the language of this page puts them: one, another and a third."""
    return format_list(list(names), locale=_babel(current_locale()))


def named(locale: str) -> str:
    """What the language is called by those who speak it."""
    return _name(locale, spoken())


@lru_cache
def direction(locale: str) -> str:
    """Which way it is written: ltr or rtl."""
    try:
        return _babel(locale).text_direction
    except (UnknownLocaleError, ValueError):
        return "ltr"


def doubt(locale: str) -> str | None:
    """What to say of a code that stands for no language; it is often that of a country."""
    try:
        _babel(locale)
    except (UnknownLocaleError, ValueError):
        meant = get_official_languages(locale.upper(), de_facto=True)
        hint = f": did you mean “{meant[0]}”?" if meant else ""
        return f"“{locale}” is no language that we know{hint}"
    return None


def nearest(wanted: str, among: tuple[str, ...]) -> str | None:
    """The language itself, or another kind of the same: who asks for French in France reads that of Canada."""
    if wanted in among:
        return wanted
    name = wanted.partition("-")[0]
    return next((each for each in among if each.partition("-")[0] == name), None)


def preferred(among: tuple[str, ...]) -> str:
    """Which of these languages the browser asks for; the answer then depends on it."""
    g.has_asked_browser = True
    return _asked_for(among)


def links(among: tuple[str, ...] | None = None) -> tuple[LanguageLink, ...]:
    """The ways to this page in each language; none where there is but one."""
    offered = among or spoken()
    is_page = request.url_rule is not None and request.method in ("GET", "HEAD")
    if len(offered) < 2 or not is_page or _is_english():
        return ()
    here = current_locale()
    return tuple(
        LanguageLink(each, language(each), _name(each, offered), _same_page(each), each == here)
        for each in offered
    )


def with_language(path: str) -> str:
    """The address of a page without a language in it, for whoever has no session that remembers theirs."""
    is_said = current_reader() is not STRANGER or current_locale() == SOURCE
    return path if is_said else f"{path}?{urlencode({'locale': current_locale()})}"


def register(app: Flask, settings: Settings) -> None:
    """Read the catalogues, and let templates speak; raises UnsafeSettingError."""
    babel = flask_babel.Babel()
    babel.init_app(
        app, default_locale="en_GB", locale_selector=lambda: str(_babel(current_locale()))
    )
    catalogues: dict[str, NullTranslations] = {SOURCE: NullTranslations()}
    for locale in settings.languages[1:]:
        catalogues[locale] = _catalogue(settings.translations / f"{locale}.po", locale)
    app.extensions["catalogues"] = catalogues
    # Flask-Babel would ask its way to the catalogue anew for each of the hundred texts of a page.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _texts().gettext(text),
        ngettext=lambda one, several, count: _texts().ngettext(one, several, count),
        newstyle=True,
    )
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(
        current_locale=current_locale, direction=direction, language=language, language_links=links
    )
    app.jinja_env.globals.update(
        with_language=with_language, named=named, reading_locale=reading_locale
    )
    app.after_request(_remember)
    app.after_request(_say_what_it_depends_on)


def _texts() -> NullTranslations:
    """The catalogue of this page's language; outside the app, as when a module is read, that of none."""
    if not g:
        return _NONE
    if "catalogues" not in current_app.extensions:
        # The practice Xero, which speaks as Xero does.
        return _NONE
    if "texts" not in g:
        g.texts = current_app.extensions["catalogues"][current_locale()]
    found: NullTranslations = g.texts
    return found


def _find() -> str:
    known = spoken()
    if _is_english():
        return SOURCE
    named = _named()
    if named is not None:
        # A guide may be in a language in which the pages around it do not speak.
        return named if named in known else SOURCE
    chosen = session.get("locale") if current_reader() is not STRANGER else None
    return chosen if chosen in known else preferred(known)


def _is_english() -> bool:
    return request.path.startswith(_IN_ENGLISH)


def _named() -> str | None:
    """The language that the address or the form names, or that of the page to go back to."""
    place = _PLACE.match(request.path)
    if place:
        return place[1]
    with suppress(HTTPException):  # a form that is too long to be read names nothing
        for values in (request.args, request.form):
            came_from = _PLACE.match(values.get("next", ""))
            named = values.get("locale") or (came_from[1] if came_from else "")
            if named in spoken():
                return named
    return None


def _same_page(locale: str) -> str:
    place = _PLACE.match(request.path)
    # A way back that is none of ours is not passed on: no page ever leads there.
    asked = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if name != "locale" and not (name == "next" and _ELSEWHERE.match(value))
    ]
    if place:
        path = f"/hc/{locale}{request.path[place.end() :]}"
    else:
        path, asked = request.path, [*asked, ("locale", locale)]
    return f"{path}?{urlencode(asked)}" if asked else path


@lru_cache
def _name(locale: str, among: tuple[str, ...]) -> str:
    """What it is called by those who speak it; with the country where another kind of it is offered, too.

    One that nobody knows, as a folder may be named, is called by its code.
    """
    try:
        found = _babel(locale)
    except (UnknownLocaleError, ValueError):
        return locale
    alike = [each for each in among if each[:2] == locale[:2]]
    name = found.get_display_name() if len(alike) > 1 else found.get_language_name()
    return (name or locale).capitalize()


def _remember(response: Response) -> Response:
    """Whoever has a session keeps the language of the page they read, for pages whose address names none."""
    if response.status_code >= 400 or current_reader() is STRANGER or _is_english():
        return response
    named = _named()
    if named in spoken() and named != (session.get("locale") or _asked_for(spoken())):
        session["locale"] = named
        chosen.send(named)
    return response


def _say_what_it_depends_on(response: Response) -> Response:
    if g.get("has_asked_browser"):
        response.vary.add("Accept-Language")
    return response


def _asked_for(among: tuple[str, ...]) -> str:
    wanted = (nearest(tag.lower(), among) for tag, quality in request.accept_languages if quality)
    return next((each for each in wanted if each), among[0])


@lru_cache
def _babel(locale: str) -> Locale:
    return Locale.parse(locale, sep="-")


def _catalogue(path: Path, locale: str) -> Translations:
    try:
        return _read(path, locale, path.stat().st_mtime_ns)
    except (OSError, PoFileError, UnknownLocaleError) as error:
        raise UnsafeSettingError(
            f"LANGUAGES: the texts of {locale} cannot be read: {error}"
        ) from error


@lru_cache
def _read(path: Path, locale: str, _changed_at: int) -> Translations:
    with path.open("rb") as opened:
        catalogue = read_po(opened, locale=str(_babel(locale)))
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
