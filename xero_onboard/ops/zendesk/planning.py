"""Where everything of a help centre shall stand here: numbers stay, names are made of titles, categories become an order."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import PurePosixPath

from xero_onboard.config import LOCALE
from xero_onboard.content.addresses import (
    LONGEST_OF_TITLE,
    article_path,
    home_path,
    section_path,
    slug_of,
)
from xero_onboard.content.arrivals import ArrivingSection, Key
from xero_onboard.content.front_matter import SLUG
from xero_onboard.content.manuscript import Place
from xero_onboard.ops.zendesk.shape import Article, Category, Section

LONGEST_TITLE = 150
LONGEST_DESCRIPTION = 160
_LONGEST_LOCALE = 12
_DEEPEST = 10
_FIRST_ID, _IDS = 10**14, 9 * 10**14


@dataclass(frozen=True)
class Found:
    """Everything that the help centre holds, in each of its languages."""

    categories: Sequence[Category]
    sections: Sequence[Section]
    articles: Sequence[Article]


@dataclass(frozen=True)
class Planned:
    """An article and where it shall stand."""

    article: Article
    key: Key
    place: Place
    section_id: int


@dataclass
class Plan:
    """What shall become of a help centre, and what cannot; `remarks` are lines for the report."""

    categories: list[ArrivingSection] = field(default_factory=list)
    sections: list[ArrivingSection] = field(default_factory=list)
    articles: list[Planned] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def addresses(self) -> Mapping[str, str]:
        """The address of each article by its path."""
        return {
            each.place.path: article_path(each.place.locale, each.place.id, each.place.slug)
            for each in self.articles
        }

    def path_of(self, kind: str, source_id: int, locale: str) -> str | None:
        """The path of a section or a category here, in this language or another."""
        found = [
            each
            for each in (*self.sections, *self.categories)
            if (each.key.kind, each.key.source_id) == (kind, source_id)
        ]
        best = min(found, key=lambda each: each.key.locale != locale, default=None)
        if best is None:
            return None
        return (
            home_path(best.locale)
            if best.id is None
            else section_path(best.locale, best.id, best.slug)
        )

    def article(self, source_id: int, locale: str) -> Planned | None:
        """The article with this number there, in this language or another."""
        found = self._by_number.get(source_id, ())
        return min(found, key=lambda each: each.article.locale != locale, default=None)

    @cached_property
    def _by_number(self) -> Mapping[int, Sequence[Planned]]:
        """Asked for when everything has its place."""
        found: dict[int, list[Planned]] = {}
        for each in self.articles:
            found.setdefault(each.article.id, []).append(each)
        return found


def plan(
    found: Found,
    renamed: Mapping[str, str],
    names: Mapping[str, Key | None],
    first: Mapping[str, int],
    kept: Mapping[Key, tuple[Place, int]],
) -> Plan:
    """Put everything in its place.

    `renamed` are languages that are called otherwise here, `names` those of the sections that are here, as
    “locale/slug”, with what came under them, `first` where sections of each language begin, and `kept` where
    articles stay that staff have changed, with the number of the section.
    """
    made = Plan()
    for category in found.categories:
        locale = _locale(made, renamed, f"category {category.id}", category.locale)
        if locale:
            key = Key("category", category.id, category.locale)
            made.categories.append(ArrivingSection(key, None, locale))
    sections = _in_all_languages(found)
    _place_sections(made, found.categories, sections, renamed, names, first)
    _place_articles(made, found.articles, renamed, kept)
    return made


def one_line(text: str, longest: int) -> str:
    """A text as it stands in a heading: cut at a word where it is too long."""
    printable = "".join(
        each for each in text if unicodedata.category(each) not in ("Cc", "Cs") or each.isspace()
    )
    words = " ".join(printable.split())
    if len(words) <= longest:
        return words
    return (
        words[: longest - 1].rpartition(" ")[0].rstrip() + "…"
        if " " in words[: longest - 1]
        else words[: longest - 1] + "…"
    )


def _locale(made: Plan, renamed: Mapping[str, str], what: str, locale: str) -> str:
    wanted = renamed.get(locale, locale)
    if LOCALE.fullmatch(wanted) and len(wanted) <= _LONGEST_LOCALE:
        return wanted
    made.failures.append(
        f"{what}: a language called “{locale}” has no place here: give it one with --locale {locale}=…"
    )
    return ""


def _own_id(source_id: int, locale: str, source_locale: str) -> int:
    """The number stays with the language that it was written in; each translation has one made of both."""
    if locale == source_locale:
        return source_id
    digest = sha256(f"{source_id} {locale}".encode()).digest()
    return _FIRST_ID + int.from_bytes(digest[:8], "big") % _IDS


def _in_all_languages(found: Found) -> list[Section]:
    """Each section once in each language: also in those that only its articles are translated into."""
    known: dict[tuple[int, str], Section] = {}
    for section in found.sections:
        known.setdefault((section.id, section.locale), section)
    own = {section.id: section for section in reversed(found.sections)}
    own.update(
        {
            section.id: section
            for section in found.sections
            if section.locale == section.source_locale
        }
    )
    for article in found.articles:
        key = (article.section_id, article.locale)
        if key not in known and article.section_id in own:
            base = own[article.section_id]
            known[key] = Section(
                base.id,
                article.locale,
                base.source_locale,
                base.category_id,
                base.parent_id,
                base.name,
                base.description,
                base.position,
            )
    return list(known.values())


def _place_sections(
    made: Plan,
    categories: Sequence[Category],
    sections: Sequence[Section],
    renamed: Mapping[str, str],
    names: Mapping[str, Key | None],
    first: Mapping[str, int],
) -> None:
    # A name stays when the title changes, because folders and links go by it.
    kept = {key: name.partition("/") for name, key in names.items() if key}
    taken = set(names)
    order = _Order(categories, sections)
    turns = dict(first)
    titles: set[tuple[str, str]] = set()
    for section in sorted(sections, key=lambda each: (each.locale, order.of(each))):
        locale = _locale(made, renamed, f"section {section.id}", section.locale)
        if not locale:
            continue
        title = one_line(section.name, LONGEST_TITLE) or f"Section {section.id}"
        category = order.category_of(section)
        if (locale, title) in titles and category:
            title = one_line(f"{category.name}: {title}", LONGEST_TITLE)
        titles.add((locale, title))
        key = Key("section", section.id, section.locale)
        before, _, slug = kept.get(key, ("", "", slug_of(title, f"section-{section.id}")))
        if before != locale:
            slug = _free(slug, section.id, locale, taken)
        turns[locale] = turns.get(locale, 0) + 1
        description = one_line(section.description, LONGEST_DESCRIPTION) or title
        if section.parent_id is not None:
            made.remarks.append(
                f"section {section.id} ({section.locale}): “{title}” stood in another section; here it follows it"
            )
        made.sections.append(
            ArrivingSection(
                key,
                _own_id(section.id, section.locale, section.source_locale),
                *(locale, slug, title, description, turns[locale]),
                translation_of=section.id if section.locale != section.source_locale else None,
            )
        )


def _free(slug: str, number: int, locale: str, taken: set[str]) -> str:
    if f"{locale}/{slug}" in taken:
        slug = f"{slug}-{number}"
    taken.add(f"{locale}/{slug}")
    return slug


class _Order:
    """The order of sections: that of categories, then their own, each followed by those that stand in it."""

    def __init__(self, categories: Sequence[Category], sections: Sequence[Section]) -> None:
        self._categories = {(each.id, each.locale): each for each in categories}
        self._any = {each.id: each for each in categories}
        self._sections = {each.id: each for each in sections}

    def category_of(self, section: Section) -> Category | None:
        if section.category_id is None:
            return None
        own = self._categories.get((section.category_id, section.locale))
        return own or self._any.get(section.category_id)

    def of(self, section: Section) -> tuple[tuple[int, int], ...]:
        path: list[tuple[int, int]] = []
        each: Section | None = section
        while each and len(path) < _DEEPEST:
            path.insert(0, (each.position, each.id))
            each = self._sections.get(each.parent_id) if each.parent_id is not None else None
        category = self.category_of(section)
        return ((category.position, category.id) if category else (0, 0), *path)


def _slug(article: Article) -> str:
    """The name that it has in its address there, where that could be one of ours, or else its title."""
    name = article.url.rpartition("/")[2].partition("-")[2]
    if SLUG.fullmatch(name) and len(name) <= LONGEST_OF_TITLE:
        return name
    return slug_of(article.title, f"article-{article.id}")


def _kept(made: Plan, place: Place, section_id: int) -> Place:
    """The place in a section that may be in a language of another name from now on."""
    home = next((each for each in made.sections if each.id == section_id), None)
    return replace(place, locale=home.locale, section=home.slug) if home else place


def _place_articles(
    made: Plan,
    articles: Sequence[Article],
    renamed: Mapping[str, str],
    kept: Mapping[Key, tuple[Place, int]],
) -> None:
    homes = {(each.key.source_id, each.key.locale): each for each in made.sections}
    taken = {str(PurePosixPath(place.path).with_suffix("")) for place, _ in kept.values()}
    seen: set[tuple[int, str]] = set()
    # Originals first: a translation notes which revision of its original it says the same as.
    originals = {each.id for each in articles if each.locale == each.source_locale}
    in_turn = sorted(
        articles, key=lambda each: (each.locale != each.source_locale, each.id, each.locale)
    )
    for article in in_turn:
        if (article.id, article.locale) in seen:
            continue
        seen.add((article.id, article.locale))
        key = Key("article", article.id, article.locale)
        if key in kept:
            place, section_id = kept[key]
            place = _kept(made, place, section_id)
            made.articles.append(Planned(article, key, place, section_id))
            continue
        locale = renamed.get(article.locale, article.locale)
        home = homes.get((article.section_id, article.locale))
        if home is None or home.id is None:
            made.failures.append(
                f"article {article.id} ({article.locale}): its section {article.section_id} is not there: it was not taken in"
            )
            continue
        folder = f"{locale}/{home.slug}"
        slug = _free(_slug(article), article.id, folder, taken)
        is_translation = article.locale != article.source_locale and article.id in originals
        place = Place(
            _own_id(article.id, article.locale, article.source_locale),
            locale,
            home.slug,
            slug,
            max(0, min(article.position, 99_999)),
            translation_of=article.id if is_translation else None,
        )
        made.articles.append(Planned(article, key, place, home.id))
