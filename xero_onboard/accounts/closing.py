"""Deleting an account: what only this person needed goes, and what others need forgets the person."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import aliased

from xero_onboard.accounts import customers, entry, people
from xero_onboard.accounts.belongings import Belongings, belongings_of
from xero_onboard.accounts.models import (
    Customer,
    Invitation,
    MailedProof,
    Membership,
    StoredSession,
    User,
    UserIdentity,
)
from xero_onboard.connect import care
from xero_onboard.connect.models import (
    ENDED,
    Attempt,
    Connection,
    Errand,
    Grant,
    Removal,
    Stray,
)
from xero_onboard.content.models import Article
from xero_onboard.feedback import comments
from xero_onboard.feedback.models import Comment, Following, HelpRequest, Remark, Vote
from xero_onboard.lib import audit, mail
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit, db, new_id
from xero_onboard.lib.jobs import every_minute
from xero_onboard.lib.languages import later
from xero_onboard.lib.mail.models import Mail
from xero_onboard.lib.reader import Owner

NOBODY = "A closed account"
_AT_ONCE = 20


class HandOverFirst(Exception):
    """A customer with other members would have nobody who administers it; says which."""


def delete_account(user_id: UUID) -> None:
    """Delete the person, and disconnect what only they were there for.

    Raises LastAdministrator, SessionEnded, HandOverFirst and VaultLocked. Commits: addresses and
    browsers of what was done here are known to the log from then on, and are forgotten in a
    transaction of their own.
    """
    # This holds the user: nobody signs in to the account, or changes it, while it goes.
    people.keep_an_administrator(user_id)
    entry.ensure_going_on(user_id)
    theirs = belongings_of(user_id)
    audit.record("user_deleted", actor=user_id, subject=f"user:{user_id}")
    for customer_id in sorted(theirs.customers):
        _leave(customer_id, theirs)
    _forget_in_what_others_need(theirs)
    _delete_rows(theirs)
    _say_farewell(theirs)
    commit()
    begin_write()
    audit.forget_visits_of(user_id)


def close_unused(user_id: UUID, since: datetime) -> None:
    """Close what somebody got by signing up `since` then, and has not used: they came for another customer."""
    user = db.session.get_one(User, user_id)
    if user.created_at < since:
        return
    others = aliased(Membership)
    is_shared = exists().where(
        others.customer_id == Membership.customer_id, others.user_id != user_id
    )
    query = (
        select(Membership.customer_id)
        .join(Customer, Customer.id == Membership.customer_id)
        .where(Membership.user_id == user_id, Customer.name == user.name, ~is_shared, ~_is_used())
    )
    for customer_id in db.session.scalars(query).all():
        _close(customers.hold(customer_id))


def _is_used() -> ColumnElement[bool]:
    """Whether the customer of a membership would be missed: also for what was only begun for it."""
    customer_id = Membership.customer_id
    is_begun = or_(Attempt.customer_id == customer_id, Attempt.owner_customer_id == customer_id)
    return or_(
        exists().where(Connection.customer_id == customer_id),
        exists().where(Invitation.customer_id == customer_id),
        exists().where(Errand.customer_id == customer_id),
        exists().where(is_begun, Attempt.status != "finished"),
    )


@every_minute("delete closed customers")
def delete_closed_customers() -> None:
    """Delete the customers whose last member is gone, when the provider knows of every disconnect."""
    waits = exists().where(
        Connection.customer_id == Customer.id, Connection.status != "disconnected"
    )
    closed = select(Customer.id).where(Customer.closed_at.is_not(None), ~waits)
    for customer_id in db.session.scalars(closed.limit(_AT_ONCE)).all():
        _delete_customer(customer_id)


@every_minute("forget dead grants")
def forget_dead_grants() -> None:
    """Delete the consents that have ended and that nothing refers to: they name a login at the provider."""
    is_needed = or_(
        exists().where(Connection.grant_id == Grant.id),
        exists().where(Attempt.grant_id == Grant.id),
        exists().where(Removal.grant_id == Grant.id, Removal.status == "pending"),
    )
    dead = select(Grant.id).where(Grant.status == "dead", ~is_needed).limit(_AT_ONCE)
    grant_ids = db.session.scalars(dead).all()
    db.session.execute(delete(Removal).where(Removal.grant_id.in_(grant_ids)))
    db.session.execute(delete(Grant).where(Grant.id.in_(grant_ids)))


def _leave(customer_id: UUID, theirs: Belongings) -> None:
    """Close the customer if nobody else is there, else leave it to the others. Raises HandOverFirst."""
    customer = customers.hold(customer_id)
    others = exists().where(
        Membership.customer_id == customer_id, Membership.user_id != theirs.user_id
    )
    if not db.session.scalar(select(others)):
        _close(customer)
        return
    try:
        customers.leave(Owner(theirs.user_id, customer_id))
    except customers.NobodyLeft as error:
        raise HandOverFirst(customer.name) from error
    if customer.name == theirs.name:
        # It was named after whoever signed up first.
        customer.name = _name_of(customers.who_may("administer", customer_id)[0])


def _close(customer: Customer) -> None:
    live = select(Connection).where(
        Connection.customer_id == customer.id, Connection.status.not_in(ENDED)
    )
    for connection in db.session.scalars(live).all():
        care.disconnect(connection)
    is_its = or_(Attempt.customer_id == customer.id, Attempt.owner_customer_id == customer.id)
    db.session.execute(delete(Attempt).where(is_its))
    # A business may bear its owner's name, and Xero takes its time to confirm.
    nameless = {"name": NOBODY, "connected_by": None, "connected_by_id": None}
    theirs = Connection.customer_id == customer.id
    db.session.execute(update(Connection).where(theirs).values(nameless))
    db.session.execute(delete(Errand).where(Errand.customer_id == customer.id))
    db.session.execute(delete(Invitation).where(Invitation.customer_id == customer.id))
    db.session.execute(delete(Membership).where(Membership.customer_id == customer.id))
    customer.name, customer.closed_at = NOBODY, now()
    db.session.flush()


def _delete_customer(customer_id: UUID) -> None:
    connections = select(Connection.id).where(Connection.customer_id == customer_id)
    db.session.execute(delete(Removal).where(Removal.connection_id.in_(connections)))
    db.session.execute(delete(Connection).where(Connection.customer_id == customer_id))
    db.session.execute(delete(Customer).where(Customer.id == customer_id))
    audit.record("customer_deleted", customer=customer_id, subject=f"customer:{customer_id}")


def _forget_in_what_others_need(theirs: Belongings) -> None:
    """Votes go on counting and connections go on working; they no longer say by whom."""
    for vote in db.session.scalars(select(Vote).where(Vote.voter == theirs.voter)).all():
        vote.voter = f"x:{new_id()}"
        vote.query = vote.referrer = None
    # What hangs on a comment of theirs, as its place in an answer, stays; nothing that they wrote does.
    for comment in db.session.scalars(
        select(Comment).where(Comment.author_id == theirs.user_id)
    ).all():
        comments.delete(comment)
        comment.author_id = None
    nobody = {"connected_by": None, "connected_by_id": None}
    db.session.execute(update(Connection).where(theirs.has_connected).values(nobody))
    by_them = Errand.id.in_(theirs.errands_done)
    db.session.execute(update(Errand).where(by_them).values(done_by=None))
    # A guide that they were chosen for has no owner now by chance: its file may name somebody.
    looked_after = Article.owner_id == theirs.user_id
    db.session.execute(update(Article).where(looked_after).values(is_owner_chosen=False))
    _clear(Attempt.user_id == theirs.user_id, user_id=None)
    _clear(Attempt.taken_from_id == theirs.user_id, taken_from_id=None)
    attempts = or_(
        Attempt.owner_user_id == theirs.user_id, Attempt.subject.in_(theirs.subjects_at_providers)
    )
    _clear(attempts, owner_user_id=None, actor=None, subject=None, event_id=None)
    invited = Invitation.invited_by_id == theirs.user_id
    db.session.execute(update(Invitation).where(invited).values(invited_by_id=None))


def _clear(which: ColumnElement[bool], **values: None) -> None:
    db.session.execute(update(Attempt).where(which).values(values))


def _delete_rows(theirs: Belongings) -> None:
    """The rest hangs on the user and goes with the row: passwords, second steps, known devices."""
    user_id = theirs.user_id
    logins = select(Grant.id).where(theirs.is_login(Grant.issuer, Grant.subject))
    for table, which in (
        (Stray, Stray.grant_id.in_(logins)),
        (StoredSession, StoredSession.user_id == user_id),
        (UserIdentity, UserIdentity.user_id == user_id),
        (Mail, or_(Mail.user_id == user_id, theirs.is_addressed(Mail.recipient))),
        (Remark, Remark.voter == theirs.voter),
        (Following, theirs.is_addressed(Following.email)),
        (HelpRequest, or_(HelpRequest.user_id == user_id, theirs.is_addressed(HelpRequest.email))),
        (MailedProof, theirs.is_addressed(MailedProof.address)),
        (Invitation, theirs.is_invited),
        # Theirs to use or not to use; and what they asked for is worth nothing without them.
        (Errand, or_(Errand.asked_by_id == user_id, theirs.is_addressed(Errand.email))),
        (User, User.id == user_id),
    ):
        db.session.execute(delete(table).where(which))


def _say_farewell(theirs: Belongings) -> None:
    """The last mail, to all addresses; what is kept of it goes when it does."""
    for address in sorted(theirs.reached_at):
        with suppress(mail.UnsafeAddress):
            mail.send(
                address,
                "notice",
                is_farewell=True,
                title=later("Your account was deleted"),
                lines=(
                    later(
                        "What was known of you here is gone, and what only you were needed for is disconnected in Xero."
                    ),
                    later("This is the last mail to you."),
                ),
                why=later("this address belonged to an account there"),
                link_label=later("Open the help centre"),
                link_href="/",
            )


def _name_of(user_id: UUID) -> str:
    return db.session.scalar(select(User.name).where(User.id == user_id)) or NOBODY
