"""The editor: all guides, one guide with its draft, and what becomes of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request
from werkzeug.exceptions import BadRequest, Conflict, NotFound
from werkzeug.wrappers import Response

from xero_onboard.accounts import people
from xero_onboard.content import (
    autosaving,
    checking,
    drafts,
    editing,
    history,
    inventory,
    links,
    manuscript,
    previewing,
    scheduling,
    uploads,
    verifying,
)
from xero_onboard.content.addresses import slug_of
from xero_onboard.content.drafts import NoSuchArticle, Writing
from xero_onboard.content.editing import NotPossible, Overtaken, Saved, SectionPutAway
from xero_onboard.content.manuscript import Manuscript
from xero_onboard.content.models import LONGEST_TITLE
from xero_onboard.content.problems import Broken
from xero_onboard.content.references import BadPicture
from xero_onboard.content.revisions import Note
from xero_onboard.content.skeletons import SKELETONS
from xero_onboard.content.terms import VISIBILITIES
from xero_onboard.content.uploads import LARGEST as LARGEST_PICTURE
from xero_onboard.lib.web import access, headers, optional, required, settings, takes
from xero_onboard.lib.web.errors import show_error
from xero_onboard.staff import editor_page, manuscripts, troubles, viewing
from xero_onboard.staff.asking import chosen, page_number
from xero_onboard.staff.manuscripts import (
    LARGEST_FORM,
    PUT_AWAY,
    author,
    typed_base,
    typed_note,
    typed_onto,
    typed_text,
)

blueprint = Blueprint("staff_articles", __name__)

PLACE = "/staff/articles"
APPROVAL = "/approval"
_HELD_BACK = "Not published: a colleague must approve this text first. It is kept as a draft, and readers do not see it."
# So many guides are named in a sentence.
_NAMED = 5
_ID = f"{PLACE}/<int(max=9223372036854775807):article_id>"


@blueprint.get(PLACE)
@access.editor
def index() -> str:
    """All guides, to look one up or to see what is to be done."""
    asked, known = _asked(), troubles.found()
    among = {
        "is_unhelpful": optional(request.args, "unhelpful") is not None,
        "has_requests": optional(request.args, "requests") is not None,
    }
    found = inventory.find(replace(asked, among=known.among(**among)))
    values = {"asked": asked, "found": found, "owners": people.staff(), "troubles": known, **among}
    values |= {"shelves": inventory.shelves(), "states": inventory.STATES}
    return render_template("staff/articles.html", **values)


@blueprint.get(f"{PLACE}/new")
@access.editor
def new() -> str:
    """What a new guide can begin with."""
    values = {"shelves": inventory.shelves(), "skeletons": SKELETONS}
    return render_template("staff/article_new.html", **values)


@blueprint.post(f"{PLACE}/new")
@access.editor
def begin() -> Response:
    """Begin a guide that nobody reads yet."""
    title = required(request.form, "title", longest=LONGEST_TITLE)
    skeleton = SKELETONS[required(request.form, "skeleton", among=SKELETONS)]
    shelf = manuscripts.number("section", required(request.form, "section", longest=18))
    text = manuscript.new(title, skeleton.body.strip("\n"))
    article_id = editing.create(shelf, slug_of(title, "guide"), text, author())
    return redirect(f"{PLACE}/{article_id}", code=303)


@blueprint.get(_ID)
@access.editor
@headers.frames
def edit(article_id: int) -> str:
    """One guide, to write it; with `unsaved`, going on from what was typed and not saved."""
    writing, typed = drafts.opened(article_id), autosaving.found(article_id, author())
    if typed and optional(request.args, "unsaved") is not None:
        return _page(writing, typed.text, typed.base, _note_of(writing))
    return _page(writing, writing.text, writing.head, _note_of(writing), unsaved=typed)


@blueprint.post(f"{_ID}/draft")
@access.editor
@headers.frames
@takes(LARGEST_FORM)
def save(article_id: int) -> Response:
    """Keep the text; readers go on seeing what is published."""
    return _keep(article_id, editing.save)


@blueprint.post(f"{_ID}/unsaved")
@access.editor
@takes(LARGEST_FORM)
def keep_typed(article_id: int) -> Response:
    """Keep what is typed for its author, who has not saved it."""
    autosaving.keep(article_id, author(), typed_base(), typed_text())
    return Response(status=204)


@blueprint.post(f"{_ID}/unsaved/forget")
@access.editor
def forget_typed(article_id: int) -> Response:
    """Throw away what was typed and not saved."""
    autosaving.forget(article_id, author())
    return _back(article_id, "What you had not saved is gone.")


@blueprint.post(f"{_ID}/publish")
@access.editor
@headers.frames
@takes(LARGEST_FORM)
def publish(article_id: int) -> Response:
    """Show the text to readers; one with a mistake is kept as a draft."""
    try:
        return _keep(article_id, editing.publish)
    except Broken:
        autosaving.forget(article_id, author())
        words = "Not published: put right what is listed below. Your text is kept as a draft."
        return _back(article_id, words)
    except SectionPutAway:
        autosaving.forget(article_id, author())
        return _back(article_id, f"Not published. {PUT_AWAY} Your text is kept as a draft.")


@blueprint.post(f"{_ID}/approval/draft")
@access.editor
@headers.frames
@takes(LARGEST_FORM)
def save_for_approval(article_id: int) -> Response:
    """Keep the text, and go on to where its approval is asked for."""
    return _keep(article_id, editing.save, goal=APPROVAL)


@blueprint.get(f"{_ID}/preview")
@access.editor
@headers.framed
def preview(article_id: int) -> str:
    """The guide as it was last saved, as a reader in some state sees it."""
    return _preview(article_id, drafts.opened(article_id).text, optional(request.args, "view"))


@blueprint.post(f"{_ID}/preview")
@access.editor
@headers.framed
@takes(LARGEST_FORM)
def preview_typed(article_id: int) -> str:
    """The guide as it stands in the form, which is not saved by this."""
    return _preview(article_id, typed_text(), optional(request.form, "view"))


@blueprint.post(f"{_ID}/pictures")
@access.editor
@headers.framed
@takes(LARGEST_PICTURE + 64 * 1024)
def add_picture(article_id: int) -> Response | str:
    """Keep a picture, and say what to write where it belongs; nothing of the guide is changed by this."""
    alt = required(request.form, "alt", longest=250)
    caption = optional(request.form, "caption", longest=250) or ""
    is_script = request.accept_mimetypes.best == "application/json"
    try:
        kept = uploads.keep(article_id, manuscripts.sent_file("picture"), alt, caption)
    except BadPicture as problem:
        return _refused(f"The picture {problem}.", is_script=is_script)
    if is_script:
        return jsonify({"markdown": kept.markdown})
    return render_template("staff/picture.html", kept=kept, alt=alt)


@blueprint.post(f"{_ID}/verify")
@access.editor
def verify(article_id: int) -> Response:
    """Say that the guide still holds, by the day of its last review."""
    try:
        due_on = verifying.verify(article_id, typed_base(), author())
    except Broken:
        words = "Not published: put right what is listed below. The draft says that it was reviewed today."
        return _back(article_id, words)
    until = f" until {due_on.day} {due_on:%B %Y}" if due_on else ""
    return _back(article_id, f"Marked as verified today. That holds{until}.")


@blueprint.post(f"{_ID}/unpublish")
@access.editor
def unpublish(article_id: int) -> Response:
    """Take the guide from readers."""
    editing.unpublish(article_id)
    words = "Readers do not see this guide any more. Its text is a draft."
    return _back(article_id, f"{words}{_dead_links(article_id)}")


@blueprint.post(f"{_ID}/archive")
@access.editor
def archive(article_id: int) -> Response:
    """Take the guide from readers and out of the list."""
    editing.archive(article_id)
    return _back(article_id, f"The guide is archived.{_dead_links(article_id)}")


@blueprint.post(f"{_ID}/bring-back")
@access.editor
def bring_back(article_id: int) -> Response:
    """Go on with an archived guide."""
    editing.bring_back(article_id)
    return _back(article_id, "The guide is a draft again. Publish it to show it to readers.")


@blueprint.post(f"{_ID}/discard")
@access.editor
def discard(article_id: int) -> Response:
    """Give up a draft, and go on from what is published."""
    editing.discard(article_id, typed_base())
    return _back(article_id, "The draft is put away. You find it in the history.")


@blueprint.post(f"{_ID}/offer/take")
@access.editor
@headers.frames
def take_offer(article_id: int) -> Response:
    """Bring what the file says into the draft."""
    note = Note("staff", author(), "Took over what the file says")
    try:
        editing.take_offer(article_id, note)
    except Overtaken as overtaken:
        return _clash(article_id, drafts.opened(article_id).text, note, overtaken)
    return _back(article_id, "The file’s changes are in the draft. Read it, then publish.")


@blueprint.post(f"{_ID}/offer/leave")
@access.editor
def leave_offer(article_id: int) -> Response:
    """Keep what staff wrote."""
    editing.leave_offer(article_id)
    return _back(article_id, "The file’s text is left in the history.")


@blueprint.errorhandler(NoSuchArticle)
def show_unknown(_error: NoSuchArticle) -> Response:
    """A guide, a revision or a section that never was."""
    return show_error(NotFound())


@blueprint.errorhandler(SectionPutAway)
def show_put_away(_error: SectionPutAway) -> Response:
    """A section that is archived."""
    return show_error(Conflict(PUT_AWAY))


@blueprint.errorhandler(NotPossible)
def show_impossible(_error: NotPossible) -> Response:
    """Somebody else was faster, and what was asked for means nothing any more."""
    words = "Somebody has changed the state of this guide since you opened the page. Open it again."
    return show_error(Conflict(words))


def _asked() -> inventory.Asked:
    """What the address asks for."""
    shelf, owner = optional(request.args, "section"), optional(request.args, "owner")
    owners = {str(user_id): user_id for user_id in people.staff()}
    return inventory.Asked(
        words=optional(request.args, "query") or "",
        section_id=manuscripts.number("section", shelf) if shelf else None,
        state=chosen("state", optional(request.args, "state"), inventory.STATES),
        owner_id=owners.get(chosen("owner", owner, owners)),
        is_overdue=optional(request.args, "overdue") is not None,
        visibility=chosen("visibility", optional(request.args, "visibility"), VISIBILITIES),
        order=chosen("order", optional(request.args, "order"), inventory.ORDERS) or "position",
        page=page_number(),
    )


def _keep(
    article_id: int,
    verb: Callable[[int, int, Manuscript, Note, int | None], Saved],
    goal: str = "",
) -> Response:
    text, note = typed_text(), typed_note()
    try:
        saved = verb(article_id, typed_base(), text, note, typed_onto())
    except Overtaken as overtaken:
        return _clash(article_id, text, note, overtaken)
    autosaving.forget(article_id, author())
    if saved.is_held_back:
        return _back(article_id, _HELD_BACK, APPROVAL)
    return _back(article_id, _words(article_id, saved), "" if saved.is_merged else goal)


def _dead_links(article_id: int) -> str:
    """Which guides lead readers nowhere now."""
    titles = tuple(links.leading_to(drafts.opened(article_id).place).values())
    if not titles:
        return ""
    named = "; ".join(f"“{title}”" for title in titles[:_NAMED])
    more = f" and {len(titles) - _NAMED} more" if len(titles) > _NAMED else ""
    return f" These guides link to it, and their links lead to no page now: {named}{more}."


def _note_of(writing: Writing) -> Note:
    """A draft keeps what was said of it; a change of what is published is a new one."""
    if not writing.is_draft:
        return Note("staff")
    return Note("staff", reason=writing.reason, significance=writing.significance)


def _words(article_id: int, saved: Saved) -> str:
    if saved.is_merged:
        return (
            "Somebody else has changed this guide meanwhile. Both changes are in the draft:"
            " read it, then publish."
        )
    if saved.is_published:
        return "Published."
    if scheduling.is_in_doubt(article_id):
        return "Saved as a draft. As it stands it cannot be published at its time: put right what is listed below."
    return "Saved as a draft. Readers do not see it yet."


def _page(writing: Writing, text: Manuscript, base: int, note: Note, **more: Any) -> str:
    values = {**editor_page.values_for(writing, text), "base": base, "note": note}
    return render_template("staff/article.html", **{**values, **more})


def _clash(article_id: int, text: Manuscript, note: Note, overtaken: Overtaken) -> Response:
    """Both texts; saving from here says that both were read."""
    more = {
        "overtaken": overtaken,
        "changes": history.compare_texts(overtaken.theirs, text),
        "other": people.names_of({overtaken.author_id}) if overtaken.author_id else {},
    }
    page = _page(drafts.opened(article_id), text, overtaken.base, note, **more)
    return Response(page, status=409, mimetype="text/html")


def _refused(words: str, *, is_script: bool) -> Response:
    if not is_script:
        raise BadRequest(words)
    answer = jsonify({"problem": words})
    answer.status_code = 400
    return answer


def _preview(article_id: int, text: Manuscript, given: str | None) -> str:
    views = viewing.choices()
    view = chosen("view", given, views.values) or "stranger"
    try:
        page = previewing.page_of(article_id, text)
    except Broken as problem:
        finding = checking.of_mistake(drafts.opened(article_id).place, text, problem)
        return render_template("staff/preview_broken.html", finding=finding)
    viewing.pretend(view)
    # What is typed later is put into this very page: its videos may be of any host.
    headers.admit_players(settings().video_hosts)
    return render_template("staff/preview.html", page=page)


def _back(article_id: int, words: str, goal: str = "") -> Response:
    flash(words, "staff")
    return redirect(f"{PLACE}/{article_id}{goal}", code=303)
