"""The import: article by article, each stored whole before the next is begun, so that it can be stopped at any moment."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

from xero_onboard.content import arrivals, arrived, attached, foreign
from xero_onboard.content.addresses import DEFAULT_LOCALE, article_path
from xero_onboard.content.arrivals import Arriving, ArrivingShelf, NotOurs, Outcome
from xero_onboard.content.foreign import Converted, Note
from xero_onboard.content.manuscript import Manuscript
from xero_onboard.content.problems import Broken
from xero_onboard.content.revisions import Draft
from xero_onboard.content.shelf import LARGEST_GUIDE
from xero_onboard.feedback import ballot
from xero_onboard.lib.db import begin_read, begin_write, commit, db
from xero_onboard.lib.web import settings
from xero_onboard.ops.zendesk import planning, shape
from xero_onboard.ops.zendesk.planning import Found, Plan, Planned
from xero_onboard.ops.zendesk.references import References
from xero_onboard.ops.zendesk.report import Report
from xero_onboard.ops.zendesk.shape import Article, Attachment, BadShape, Json
from xero_onboard.ops.zendesk.sources import Source, Unreadable

# Raised when the same article would become another guide: the next run then looks at each anew.
VERSION = 2
# Nobody has said when these guides are to be looked at again; staff will.
_REVIEW_IN = "99 years"

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class _Ready:
    """An article that is made ready, with what is stored beside it."""

    arriving: Arriving
    draft: Draft
    references: References
    notes: tuple[Note, ...]


def run(source: Source, renamed: Mapping[str, str], report: Report, *, is_check: bool) -> None:
    """Take in what is new or has changed; raises Unreadable, with everything kept that was taken in before."""
    found = _read(source, report)
    made = _planned(found, renamed)
    report.begin(source.name, made)
    states = arrivals.states()
    if not is_check:
        _take_in_sections(made, states, report)
    shelf = ArrivingShelf(made.addresses)
    for planned in made.articles:
        state = _state(planned)
        # A check looks at everything: it also says again what there is to look at.
        if states.get(planned.key) == state and not is_check:
            report.count("article", "same")
            _compare_votes(planned, report)
            continue
        ready = _made_ready(planned, made, source, shelf, state, report)
        if ready:
            _keep(ready, states, report, is_check=is_check)
    report.absent(arrivals.absent(frozenset(each.key for each in made.articles)))
    _tell_of_front(made, report)


def _read(source: Source, report: Report) -> Found:
    """Everything there is, checked; what is not as it should be is reported and left out."""
    return Found(
        categories=list(_checked(source.categories(), shape.categories, "category", report)),
        sections=list(_checked(source.sections(), shape.sections, "section", report)),
        articles=list(_checked(source.articles(), shape.articles, "article", report)),
    )


def _checked(
    rows: Iterator[Json], read: Callable[[Json], Iterator[Thing]], kind: str, report: Report
) -> Iterator[Thing]:
    for row in rows:
        try:
            found = list(read(row))
        except BadShape as problem:
            report.fail(f"{kind} {shape.identity(row)}: {problem}: it was not taken in")
            continue
        yield from found


def _planned(found: Found, renamed: Mapping[str, str]) -> Plan:
    spoken = {each.locale for each in found.sections} | {each.locale for each in found.articles}
    locales = {renamed.get(locale, locale) for locale in spoken}
    if len(locales) < len(spoken):
        raise Unreadable(
            f"two of the languages {', '.join(sorted(spoken))} would be one here: change --locale"
        )
    first = {locale: arrived.last_position(locale) for locale in locales}
    return planning.plan(found, renamed, arrived.section_names(), first, arrived.kept_places())


def _take_in_sections(made: Plan, states: Mapping[arrivals.Key, str], report: Report) -> None:
    begin_write()
    for section in (*made.categories, *made.sections):
        state = _digest(
            [
                VERSION,
                section.id,
                section.locale,
                section.slug,
                section.title,
                section.description,
                section.position,
            ]
        )
        try:
            outcome = arrivals.take_in_section(section, state)
        except NotOurs as problem:
            report.fail(
                f"{section.key.kind} {section.key.source_id} ({section.key.locale}): {problem}: it was not taken in"
            )
            continue
        report.count(section.key.kind, outcome)
        if outcome != "same" and arrivals.is_doubled(section):
            report.note(
                f"section {section.key.source_id} ({section.key.locale}): another section here is its translation already,"
                " so that this one stands by itself"
            )
    commit()


def _state(planned: Planned) -> str:
    """Changes with everything that the guide is made of; votes are not part of it."""
    article, place = planned.article, planned.place
    files = [] if article.attachments is None else [each.id for each in article.attachments]
    moments = [article.edited_at.isoformat(), article.updated_at.isoformat()]
    flags = [article.is_draft, article.is_restricted, article.is_outdated, article.is_promoted]
    # What was taken over before comments were looked at says so only where they are closed.
    flags += [] if article.takes_comments else [False]
    told = [article.title, article.body, list(article.labels)]
    return _digest(
        [
            VERSION,
            place.id,
            place.path,
            place.order,
            planned.section_id,
            moments,
            flags,
            told,
            files,
        ]
    )


def _digest(values: list[Any]) -> str:
    return sha256(json.dumps(values).encode()).hexdigest()


def _made_ready(
    planned: Planned,
    made: Plan,
    source: Source,
    shelf: ArrivingShelf,
    state: str,
    report: Report,
) -> _Ready | None:
    """Convert and render the article, outside any transaction that writes; what cannot be is reported."""
    begin_read()
    shelf.clear()
    drawn = arrivals.Proof(planned.place, shelf)
    files = _files(planned.article, source)
    listed = {each.id: each for each in files}
    references = References(
        planned, made, source, shelf, drawn.html, listed, settings().video_hosts
    )
    converted = _with_files(foreign.convert(planned.article.body, references), references)
    arriving = _arriving(planned, converted, source, state if references.is_whole else "")
    try:
        if len(converted.markdown.encode()) > LARGEST_GUIDE:
            raise Broken("", 1, f"it is longer than {LARGEST_GUIDE // 1024} kB")
        draft = arrivals.made_ready(arriving, shelf)
    except Broken as problem:
        report.fail(f"{_called(planned)}: {problem.message}: it was not taken in")
        return None
    return _Ready(arriving, draft, references, (*_remarks(planned, arriving), *converted.notes))


def _files(article: Article, source: Source) -> Sequence[Attachment]:
    known = article.attachments
    return source.attachments(article.id, article.locale) if known is None else known


def _with_files(converted: Converted, references: References) -> Converted:
    """The files beside the article as a list below it, where Zendesk shows them."""
    lines, notes = [], list(converted.notes)
    for file in references.listed.values():
        if file.is_inline or f"/{file.id}/" in converted.markdown:
            continue
        address, remark = references.attach(file)
        if remark:
            notes.append(Note(1, remark))
        if address:
            lines.append(f"- [{foreign.escaped(file.name)}]({address})")
    if not lines:
        return Converted(converted.markdown, tuple(notes))
    text = "\n\n".join(part for part in (converted.markdown, "* * *", "\n".join(lines)) if part)
    return Converted(text, tuple(notes))


def _arriving(planned: Planned, converted: Converted, source: Source, state: str) -> Arriving:
    article = planned.article
    title = planning.one_line(article.title, planning.LONGEST_TITLE) or f"Article {article.id}"
    summary = planning.one_line(foreign.summary(article.body), planning.LONGEST_DESCRIPTION)
    return Arriving(
        key=planned.key,
        place=planned.place,
        section_id=planned.section_id,
        text=Manuscript(
            title=title,
            description=summary or title,
            body=converted.markdown,
            keywords=tuple(
                label for each in article.labels if (label := planning.one_line(each, 100))
            ),
            last_reviewed_on=article.edited_at.date().isoformat(),
            review_in=_REVIEW_IN,
            promoted=article.is_promoted,
            comments="open" if article.takes_comments else "closed",
        ),
        edited_at=article.edited_at,
        created_at=article.created_at,
        is_hidden=article.is_draft or article.is_restricted,
        is_outdated=article.is_outdated,
        state=state,
        reason=f"Imported from {source.name}"[:300],
    )


def _remarks(planned: Planned, arriving: Arriving) -> Iterator[Note]:
    article = planned.article
    if arriving.text.title != " ".join(article.title.split()):
        yield Note(0, f"its title was cut to {planning.LONGEST_TITLE} characters")
    if article.is_restricted:
        yield Note(0, "only some readers could see it there: it is a draft here")
    if article.is_outdated:
        yield Note(0, "it is marked there as older than its original")


def _keep(
    ready: _Ready, states: Mapping[arrivals.Key, str], report: Report, *, is_check: bool
) -> None:
    planned, references = ready.references.planned, ready.references
    report.pictures(references.shown, references.missing, len(references.files))
    if is_check:
        before = states.get(planned.key)
        is_same = before == ready.arriving.state
        outcome: Outcome = "new" if before is None else "same" if is_same else "changed"
        report.article(_called(planned), outcome, _way(planned), ready.notes)
        return
    try:
        outcome = arrivals.take_in(ready.arriving, ready.draft)
    except NotOurs as problem:
        db.session.rollback()
        report.fail(f"{_called(planned)}: {problem}: it was not taken in")
        return
    for number, (name, picture_id) in references.pictures.items():
        attached.keep_picture(number, planned.place.id, name, picture_id)
    for number, (name, body) in references.files.items():
        attached.keep(number, planned.place.id, name, body)
    _take_over_votes(planned, report)
    commit()
    report.article(_called(planned), outcome, _way(planned), ready.notes)


def _take_over_votes(planned: Planned, report: Report) -> None:
    counted = helpful(planned.article)
    if counted is None:
        report.note(
            f"{_called(planned)}: {planned.article.votes} votes with a sum of {planned.article.vote_sum} cannot be: they were left out"
        )
    elif counted[1] and ballot.take_over(planned.place.id, *counted):
        report.votes += counted[1]
    else:
        _compare_votes(planned, report)


def _compare_votes(planned: Planned, report: Report) -> None:
    counted, before = helpful(planned.article), ballot.taken_over(planned.place.id)
    if counted and before and counted != before:
        report.moved_votes += 1


def helpful(article: Article) -> tuple[int, int] | None:
    """How many found it helpful, out of how many: Zendesk tells of all votes, and of those for less those against."""
    twice = article.votes + article.vote_sum
    if twice % 2 or not 0 <= twice // 2 <= article.votes:
        return None
    return twice // 2, article.votes


def _called(planned: Planned) -> str:
    return f"article {planned.article.id} ({planned.article.locale})"


def _way(planned: Planned) -> str:
    """The old address, and the one that it leads to."""
    place = planned.place
    return article_path(place.locale, place.id, place.slug)


def _tell_of_front(made: Plan, report: Report) -> None:
    locales = sorted({each.place.locale for each in made.articles})
    if locales and DEFAULT_LOCALE not in locales:
        report.note(
            f"the site opens in {DEFAULT_LOCALE}, and these guides are in {', '.join(locales)}:"
            f" with --locale {locales[0]}={DEFAULT_LOCALE} they stand on its front page"
        )
