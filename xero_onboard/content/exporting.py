"""Guides as files again: what staff wrote goes back into the content folder, where it can be read, kept and shared.

Guides whose file has the last word are left alone, with whatever notes their authors have put into the file; only their
links follow guides that have another name, and it is told of the turn and the owner that staff chose. The next
`flask content sync` finds in the others what is published, and lets the files have the last word again.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from uuid import UUID

import yaml
from sqlalchemy import select

from xero_onboard.content import drafts, held_back, manuscript, owners, snippet_files
from xero_onboard.content.addresses import alias_path
from xero_onboard.content.manuscript import Manuscript, Place
from xero_onboard.content.models import Alias, Article, Picture, PicturePlace, Section
from xero_onboard.content.relinking import in_text, in_top, targets_moved, with_matter
from xero_onboard.content.shelf import SECTION_FILE
from xero_onboard.content.skeletons import SKELETONS
from xero_onboard.lib.db import db

# What stands above the text of a guide, up to the line that ends it.
_TOP = re.compile(r"---\s*?\n.*?(?=^---\s*$)", re.DOTALL | re.MULTILINE)


class Exists(Exception):
    """There is a file of this name already, or no such section; the message says which."""


def export(folder: Path) -> Iterator[str]:
    """Write what the folder lacks, and say so line by line; of what is not published only its time.

    Raises Exists, before anything is written, where the file of one guide would go over that of another.
    """
    articles = db.session.scalars(select(Article).order_by(Article.id)).all()
    published = [article for article in articles if article.status == "published"]
    _refuse_overwriting(folder, published)
    for section in db.session.scalars(select(Section).order_by(Section.locale, Section.position)):
        yield from _write_section(folder, section)
    renamed = moved(articles)
    for article in published:
        yield from _write_guide(folder, article, renamed)
    for article in articles:
        yield from _write_time(folder, article)
    yield from _remove_old_names(folder, published)
    for path, body in snippet_files.write(folder):
        yield from _write(folder, path, body)
    yield from _write_pictures(folder)


def begin(folder: Path, locale: str, section: str, slug: str, title: str, kind: str) -> Path:
    """Write a file to begin a guide with; raises Exists."""
    home = folder / locale / section
    if not (home / SECTION_FILE).is_file():
        raise Exists(f"{folder.name}/{locale}/{section} has no {SECTION_FILE}")
    path = home / f"{slug}.md"
    if path.exists():
        raise Exists(f"{path} is there already")
    text = manuscript.new(title, SKELETONS[kind].body.strip("\n"))
    turn = len(list(home.glob("[!_.]*.md"))) + 1
    path.write_text(manuscript.compose(text, Place(drafts.free_id(), locale, section, slug, turn)))
    return path


def section_text(section: Section) -> str:
    """The file that says what a folder is."""
    values = {
        "id": section.id,
        "title": section.title,
        "description": section.description,
        "order": section.position,
    }
    if section.translation_of is not None:
        values["translation_of"] = section.translation_of
    top = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{top}---\n"


def guide_text(text: Manuscript, place: Place, owner_id: UUID | None) -> str:
    """The file of a guide, with the old names that lead to it and the address of its owner."""
    aliases = db.session.scalars(select(Alias.path).where(Alias.article_id == place.id))
    own = alias_path(place.locale, place.slug)
    others = tuple(sorted(each for each in aliases if each != own))
    return manuscript.compose(text, place, others, owners.address_of(owner_id))


def moved(articles: Sequence[Article]) -> Mapping[str, str]:
    """Where guides are by now that other files still link to by the file they came from."""
    paths = {article.id: drafts.place_of(article).path for article in articles}
    taken = set(paths.values())
    return {
        article.file: paths[article.id]
        for article in articles
        if article.file and article.file not in taken
    }


def followed(text: Manuscript, path: str, renamed: Mapping[str, str]) -> Manuscript:
    """The text of the guide at `path`, with links that lead to where guides are now."""
    return with_matter(text, targets_moved(path, renamed))


def _follow(source: str, path: str, renamed: Mapping[str, str]) -> str:
    """The same for a whole file."""
    change, end = targets_moved(path, renamed), _TOP.match(source)
    top, text = (source[: end.end()], source[end.end() :]) if end else ("", source)
    return in_top(top, change) + in_text(text, change)


def _write_section(folder: Path, section: Section) -> Iterator[str]:
    path = folder / section.locale / section.slug / SECTION_FILE
    if section.keeper == "staff" or not path.exists():
        yield from _write(folder, path, section_text(section).encode())


def _write_guide(folder: Path, article: Article, renamed: Mapping[str, str]) -> Iterator[str]:
    place, shown = drafts.place_of(article), drafts.shown(article)
    path = folder / place.path
    if shown is None:
        return
    if article.keeper == "file" and path.exists():
        # As bytes, so that nothing else of a file changes, like the ends of its lines.
        source = path.read_bytes().decode(errors="surrogateescape")
        told = _with_choices(_follow(source, place.path, renamed), article)
        yield from _write(folder, path, told.encode(errors="surrogateescape"))
        return
    text = followed(manuscript.read(shown), place.path, renamed)
    yield from _write(folder, path, guide_text(text, place, article.owner_id).encode())


def _write_time(folder: Path, article: Article) -> Iterator[str]:
    """Tell the file of a draft when staff want it published, if that is another time than the file says."""
    path = folder / (article.file or "")
    if article.status != "draft" or article.missed_because or not path.is_file():
        return
    head = drafts.head_of(article)
    is_untouched = head.origin == article.keeper == "file"
    if is_untouched and held_back.said_by(head) != article.publish_at:
        source = path.read_bytes().decode(errors="surrogateescape")
        wanted = f"{article.publish_at:%Y-%m-%dT%H:%MZ}" if article.publish_at else ""
        told = _with_line(source, "publish_at", wanted)
        yield from _write(folder, path, told.encode(errors="surrogateescape"))


def _remove_old_names(folder: Path, published: Sequence[Article]) -> Iterator[str]:
    paths = {drafts.place_of(article).path for article in published}
    for article in published:
        old = article.file
        if old and old not in paths and (folder / old).exists():
            (folder / old).unlink()
            yield f"{folder.name}/{old}: removed, because the guide has another name now"


def _refuse_overwriting(folder: Path, published: Sequence[Article]) -> None:
    """A file may be written over by its own guide, and by another only where its own has moved elsewhere."""
    homes: dict[str, int] = {}
    complaints = []
    leaving = {each.file: each.id for each in published if each.file != drafts.place_of(each).path}
    for article in published:
        path = drafts.place_of(article).path
        there = homes.setdefault(path, article.id)
        if there == article.id:
            there = _number_in(folder / path) or article.id
        if there not in (article.id, leaving.get(path)):
            complaints.append(
                f"{folder.name}/{path}: is the file of the guide {there}, and that of the guide {article.id}"
                f" “{article.slug}” would go over it; rename one of the two in the editor"
            )
    if complaints:
        raise Exists("nothing was written\n" + "\n".join(complaints))


def _number_in(path: Path) -> int | None:
    """The number of the guide that this is the file of."""
    top = _TOP.match(path.read_text(errors="replace")) if path.is_file() else None
    found = re.search(r"^id:[ \t]*(\d{1,19})[ \t]*$", top[0], re.MULTILINE) if top else None
    return int(found[1]) if found else None


def _with_choices(source: str, article: Article) -> str:
    """The file with the turn and the owner that staff chose for its guide."""
    if article.is_turn_chosen:
        source = _with_line(source, "order", article.position)
    if article.is_owner_chosen:
        source = _with_line(source, "owner", owners.address_of(article.owner_id))
    return source


def _with_line(source: str, name: str, value: int | str) -> str:
    """With this line of the front matter in place of the one that was there; without any where the value is empty."""
    end = _TOP.match(source)
    top, rest = (source[: end.end()], source[end.end() :]) if end else ("", source)
    line = yaml.safe_dump({name: value}).strip() if value != "" else ""
    found = re.search(rf"^{name}:.*?(\r?\n)", top, re.MULTILINE)
    if found:
        changed = line + found[1] if line else ""
        return top[: found.start()] + changed + top[found.end() :] + rest
    ends = "\r\n" if "\r\n" in top else "\n"
    return f"{top}{line}{ends}{rest}" if line and top else source


def _write_pictures(folder: Path) -> Iterator[str]:
    places = select(PicturePlace.path, PicturePlace.picture_id).order_by(PicturePlace.path)
    for path, picture_id in db.session.execute(places):
        if not (folder / path).exists():
            picture = db.session.get_one(Picture, picture_id)
            yield from _write(folder, folder / path, picture.body)


def _write(folder: Path, path: Path, body: bytes) -> Iterator[str]:
    if path.exists() and path.read_bytes() == body:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    yield f"{folder.name}/{path.relative_to(folder)}: written"
