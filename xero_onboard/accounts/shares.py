"""What of each table belongs to a person, and which of its columns they may take with them."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from xero_onboard.accounts.belongings import Belongings
from xero_onboard.accounts.models import (
    AlternativeAddress,
    Authenticator,
    Customer,
    Invitation,
    KnownDevice,
    MailedProof,
    Membership,
    NewLogin,
    Passkey,
    Password,
    RecoveryCode,
    StoredSession,
    User,
    UserIdentity,
)
from xero_onboard.connect.models import Attempt, Candidate, Connection, Errand, Grant, Stray
from xero_onboard.content.models import Approval, Article, Revision, Snippet, Unsaved
from xero_onboard.feedback.models import (
    Attachment,
    Comment,
    Following,
    HelpRequest,
    Message,
    Remark,
    Vote,
)
from xero_onboard.lib.audit.models import Entry, Visit
from xero_onboard.lib.db import Base
from xero_onboard.lib.languages import marked
from xero_onboard.lib.mail.models import Mail


@dataclass(frozen=True)
class Share:
    """A table's part: the rows that are about the person, and the columns without secrets."""

    table: type[Base]
    whose: Callable[[Belongings], ColumnElement[bool]]
    columns: tuple[str, ...]
    words: str


def _their_attempts(theirs: Belongings) -> ColumnElement[bool]:
    return or_(
        Attempt.user_id == theirs.user_id,
        Attempt.owner_user_id == theirs.user_id,
        Attempt.taken_from_id == theirs.user_id,
        Attempt.subject.in_(theirs.subjects_at_providers),
    )


def _their_entries(theirs: Belongings) -> ColumnElement[bool]:
    about = Entry.subject == f"user:{theirs.user_id}"
    return or_(Entry.actor_id == theirs.user_id, about)


# Where somebody was when they voted or wrote.
_WHERE = ("revision", "locale", "referrer", "query", "standing")


def _their_requests(theirs: Belongings) -> ColumnElement[bool]:
    return or_(HelpRequest.user_id == theirs.user_id, theirs.is_addressed(HelpRequest.email))


def _their_messages(theirs: Belongings) -> ColumnElement[bool]:
    """In what they asked, but not what support staff noted there; and what they answered as staff."""
    asked = select(HelpRequest.id).where(_their_requests(theirs))
    in_theirs = and_(Message.request_id.in_(asked), Message.is_note.is_(False))
    return or_(in_theirs, Message.author_id == theirs.user_id)


# A test fails for every table and every column with a person in it that is not here.
SHARES: tuple[Share, ...] = (
    Share(
        User,
        lambda theirs: User.id == theirs.user_id,
        ("id", "name", "email", "role", "locale", "wants_digest", "disabled_at", "created_at"),
        marked("Your name, your email address, your role and your language"),
    ),
    Share(
        UserIdentity,
        lambda theirs: UserIdentity.user_id == theirs.user_id,
        ("id", "user_id", "issuer", "subject", "is_first", "created_at"),
        marked("Logins at Xero that let you in here"),
    ),
    Share(
        Password,
        lambda theirs: Password.user_id == theirs.user_id,
        ("user_id", "login", "changed_at", "was_recovered", "was_mailed", "is_short", "added_at"),
        marked("The address you sign in with; of the password only what it can be checked by"),
    ),
    Share(
        Authenticator,
        lambda theirs: Authenticator.user_id == theirs.user_id,
        ("user_id", "last_step", "created_at", "moved_at"),
        marked("Your authenticator app"),
    ),
    Share(
        RecoveryCode,
        lambda theirs: RecoveryCode.user_id == theirs.user_id,
        ("id", "user_id", "used_at"),
        marked("Recovery codes, as what they can be checked by"),
    ),
    Share(
        Passkey,
        lambda theirs: Passkey.user_id == theirs.user_id,
        ("id", "user_id", "name", "sign_count", "created_at", "used_at"),
        "Passkeys",
    ),
    Share(
        AlternativeAddress,
        lambda theirs: AlternativeAddress.user_id == theirs.user_id,
        ("user_id", "address", "verified_at", "counts_from", "ends_at"),
        marked("Your alternative email address"),
    ),
    Share(
        NewLogin,
        lambda theirs: NewLogin.user_id == theirs.user_id,
        ("user_id", "address", "verified_at", "counts_from"),
        marked("The address you will soon sign in with"),
    ),
    Share(
        KnownDevice,
        lambda theirs: KnownDevice.user_id == theirs.user_id,
        ("user_id", "seen_at"),
        marked("Browsers you have signed in with before"),
    ),
    Share(
        StoredSession,
        lambda theirs: StoredSession.user_id == theirs.user_id,
        ("name", "user_id", "device", "address", "seen_at", "created_at", "expires_at"),
        marked("Browsers you are signed in with now: device, address and last use"),
    ),
    Share(
        MailedProof,
        lambda theirs: or_(
            MailedProof.user_id == theirs.user_id, theirs.is_addressed(MailedProof.address)
        ),
        ("id", "kind", "address", "user_id", "locale", "tries", "mailed_at", "used_at")
        + ("created_at", "expires_at"),
        marked("Codes and links that were mailed to you, without the codes"),
    ),
    Share(
        Mail,
        lambda theirs: or_(Mail.user_id == theirs.user_id, theirs.is_addressed(Mail.recipient)),
        (
            "id",
            "recipient",
            "user_id",
            "is_farewell",
            "subject",
            "status",
            "tries",
            "due_at",
            "was_refused",
            "created_at",
        )
        + ("sent_at",),
        marked("Mail to you: its subject and when it went"),
    ),
    Share(
        Membership,
        lambda theirs: Membership.user_id == theirs.user_id,
        ("user_id", "customer_id", "right", "created_at"),
        marked("The companies you act for, and what you may do there"),
    ),
    Share(
        Customer,
        lambda theirs: Customer.id.in_(theirs.customers),
        ("id", "name", "created_at", "closed_at"),
        marked("What these companies are called here"),
    ),
    Share(
        Invitation,
        lambda theirs: or_(Invitation.invited_by_id == theirs.user_id, theirs.is_invited),
        ("id", "customer_id", "email", "right", "invited_by_id", "created_at", "expires_at")
        + ("accepted_at", "accepted_by_id", "withdrawn_at"),
        marked("Invitations you have sent or got"),
    ),
    Share(
        Attempt,
        _their_attempts,
        ("id", "environment", "provider", "purpose", "status", "user_id", "customer_id", "subject")
        + ("owner_user_id", "owner_customer_id", "actor", "return_path", "anchor", "expected_id")
        + ("grant_id", "scopes", "event_id", "outcome", "organisation", "started_at", "claimed_at")
        + ("finished_at", "saw", "reference", "article_id", "revision", "left_at", "exchanged_at")
        + ("recognised_at", "chosen_at", "connection_id", "confirmed_at")
        + ("errand_id", "taken_from_id"),
        marked("When you pressed Connect or signed in with Xero, and what became of it"),
    ),
    Share(
        Errand,
        lambda theirs: or_(
            Errand.asked_by_id == theirs.user_id,
            theirs.is_addressed(Errand.email),
            Errand.id.in_(theirs.errands_done),
        ),
        ("id", "environment", "customer_id", "asked_by_id", "email", "created_at", "opened_at")
        + ("expires_at", "withdrawn_at", "done_at", "done_by", "organisation"),
        marked("Links by which you asked somebody to connect, or were asked"),
    ),
    Share(
        Candidate,
        lambda theirs: Candidate.attempt_id.in_(select(Attempt.id).where(_their_attempts(theirs))),
        ("attempt_id", "tenant_id", "remote_id", "name", "country", "is_new", "is_demo")
        + ("is_practice",),
        marked("Organisations Xero offered to choose from"),
    ),
    Share(
        Grant,
        lambda theirs: theirs.is_login(Grant.issuer, Grant.subject),
        ("id", "environment", "provider", "issuer", "subject", "scopes", "access_expires_at")
        + ("refresh_expires_at", "rotated_at", "status", "reason", "failures", "next_refresh_at")
        + ("created_at",),
        marked("What your login at Xero allowed us, without the tokens"),
    ),
    Share(
        Stray,
        lambda theirs: Stray.grant_id.in_(
            select(Grant.id).where(theirs.is_login(Grant.issuer, Grant.subject))
        ),
        ("grant_id", "remote_id", "tenant_id", "name", "found_at"),
        marked("Organisations your login at Xero has allowed us, and that are not used here"),
    ),
    Share(
        Connection,
        lambda theirs: theirs.has_connected,
        ("id", "environment", "provider", "customer_id", "grant_id", "tenant_id", "remote_id")
        + ("name", "country", "status", "reason", "is_selected", "connected_by_id")
        + ("connected_by", "connected_at", "checked_at", "ended_at", "paused_at")
        + ("heard_at", "is_untold", "warned_days"),
        marked("Organisations that you have connected"),
    ),
    Share(
        Vote,
        lambda theirs: Vote.voter == theirs.voter,
        ("id", "article_id", "voter", "value", "created_at", "updated_at", *_WHERE),
        marked("Votes on guides"),
    ),
    Share(
        Remark,
        lambda theirs: Remark.voter == theirs.voter,
        ("id", "kind", "article_id", "vote_id", "voter", "reason", "words", "status")
        + ("created_at", "updated_at", *_WHERE),
        marked("What you wrote about guides: why you voted as you did, and problems you reported"),
    ),
    Share(
        HelpRequest,
        _their_requests,
        ("id", "reference", "user_id", "email", "locale", "subject", "status", "article_id")
        + ("revision", "step", "standing", "attempt_reference", "browser", "solved_by_article_id")
        + ("created_at", "updated_at", "confirmed_at"),
        marked("Requests to the support staff, with what you sent along"),
    ),
    Share(
        Message,
        _their_messages,
        ("id", "request_id", "author_id", "is_staffs", "is_note", "words", "created_at"),
        marked("What was said about these requests"),
    ),
    Share(
        Attachment,
        lambda theirs: Attachment.message_id.in_(select(Message.id).where(_their_messages(theirs))),
        ("id", "message_id", "name", "content_type", "size", "created_at"),
        marked("Files beside these requests, which you download on their pages"),
    ),
    Share(
        Article,
        lambda theirs: Article.owner_id == theirs.user_id,
        ("id", "section_id", "locale", "slug", "status", "owner_id", "created_at", "publish_at")
        + ("unpublish_at",),
        marked("Guides that you look after"),
    ),
    Share(
        Snippet,
        lambda theirs: Snippet.author_id == theirs.user_id,
        ("id", "locale", "name", "body", "number", "author_id", "changed_at"),
        marked("Texts that guides share, as you wrote them last"),
    ),
    Share(
        Revision,
        lambda theirs: Revision.author_id == theirs.user_id,
        ("id", "article_id", "number", "origin", "base", "author_id", "reason", "significance")
        + ("title", "description", "source", "created_at", "published_at"),
        marked("What you have written of guides"),
    ),
    Share(
        Approval,
        lambda theirs: or_(
            Approval.asked_by_id == theirs.user_id,
            Approval.reviewer_id == theirs.user_id,
            Approval.answered_by_id == theirs.user_id,
        ),
        ("id", "article_id", "revision_id", "asked_by_id", "note", "reviewer_id", "asked_at")
        + ("outcome", "answered_by_id", "answer", "answered_at"),
        marked("Approvals of guides that you asked for, were asked for or gave"),
    ),
    Share(
        Unsaved,
        lambda theirs: Unsaved.user_id == theirs.user_id,
        ("article_id", "user_id", "base", "matter", "source", "at"),
        marked("What you have typed into a guide and not saved"),
    ),
    Share(
        Comment,
        lambda theirs: Comment.author_id == theirs.user_id,
        ("id", "article_id", "author_id", "author_name", "is_staffs", "looks_like_staff", "source")
        + ("html", "status", "revision", "created_at", "edited_at", "shown_at"),
        marked("Comments below guides"),
    ),
    Share(
        Following,
        lambda theirs: theirs.is_addressed(Following.email),
        ("id", "email", "kind", "target_id", "locale", "created_at", "confirmed_at", "told_at"),
        marked("Guides and sections you follow by mail"),
    ),
    Share(
        Entry,
        _their_entries,
        ("number", "at", "event", "actor_id", "customer_id", "subject", "details", "request_id"),
        marked("Entries of the audit log: what you did and what was done to your account"),
    ),
    Share(
        Visit,
        lambda theirs: Visit.number.in_(
            select(Entry.number).where(Entry.actor_id == theirs.user_id)
        ),
        ("number", "at", "address", "user_agent"),
        marked("Addresses and browsers beside these entries"),
    ),
)
