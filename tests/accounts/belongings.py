"""Somebody who has left a row in every table that knows people."""

from datetime import timedelta
from secrets import token_hex
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from tests.employees import Account
from xero_onboard.accounts.models import (
    AlternativeAddress,
    Invitation,
    KnownDevice,
    MailedProof,
    Membership,
    NewLogin,
    Passkey,
    RecoveryCode,
    UserIdentity,
)
from xero_onboard.connect.models import Attempt, Candidate, Connection, Errand, Grant, Stray
from xero_onboard.content import autosaving, editing, manuscript
from xero_onboard.content.models import Approval, Article, Snippet
from xero_onboard.feedback.models import (
    Attachment,
    Comment,
    Following,
    HelpRequest,
    Message,
    Remark,
    Vote,
)
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, db
from xero_onboard.lib.mail.models import Mail

# What stands in every column that proves or opens something.
SECRET = "SECRET-NOBODY-TAKES"
ISSUER = "https://identity.test"


def fill(app: Flask, account: Account, mark: str) -> UUID:
    """One row in each table, with `mark` wherever people write; the customer they act for."""
    with app.app_context():
        begin_write()
        customer_id = db.session.scalars(
            select(Membership.customer_id).where(Membership.user_id == account.id)
        ).one()
        _proofs(account, mark, customer_id)
        _connection(account, mark, customer_id)
        _opinions(account, mark)
        _guide(account)
        db.session.commit()
        return customer_id


def _opinions(account: Account, mark: str) -> None:
    """What they think of a guide."""
    where = {"article_id": 360001000101, "voter": f"u:{account.id}", "query": f"{mark} in Xero"}
    vote = Vote(value=1, **where)
    db.session.add(vote)
    db.session.flush()
    db.session.add(Remark(kind="up", vote_id=vote.id, words=f"{mark} says thank you", **where))
    db.session.add(
        Comment(
            article_id=where["article_id"],
            author_id=account.id,
            author_name=f"{mark} Testperson",
            is_staffs=False,
            source=f"I am {mark}.",
            html=f"<p>I am {mark}.</p>",
            status="shown",
        )
    )
    guide = {"kind": "article", "target_id": where["article_id"], "locale": "en-gb"}
    db.session.add(Following(email=account.email, **guide))
    asked = HelpRequest(
        user_id=account.id,
        email=account.email,
        locale="en-gb",
        subject=f"{mark} asks",
        status="open",
        confirmed_at=now(),
    )
    db.session.add(asked)
    db.session.flush()
    message = Message(
        request_id=asked.id, author_id=account.id, is_staffs=False, words=f"{mark} is lost"
    )
    db.session.add(message)
    db.session.flush()
    file = {"name": f"{mark}.txt", "content_type": "text/plain", "size": 4, "body": b"lost"}
    db.session.add(Attachment(message_id=message.id, **file))


def _guide(account: Account) -> None:
    """A guide that they have begun and look after, and a text that guides share; the words are the help centre's own."""
    text = manuscript.new("How to be reminded", "Text.")
    article_id = editing.create(360000100001, "guide", text, account.id)
    autosaving.keep(article_id, account.id, 1, text)
    text_id = db.session.get_one(Article, article_id).draft_revision_id
    people = {"asked_by_id": account.id, "reviewer_id": account.id, "answered_by_id": account.id}
    db.session.add(Approval(article_id=article_id, revision_id=text_id, note="Please.", **people))
    shared = {"locale": "en-gb", "body": "Shared.", "number": 1, "keeper": "staff"}
    db.session.add(Snippet(name=f"shared-{token_hex(4)}", author_id=account.id, **shared))


def subject_of(account: Account) -> str:
    """What the provider calls them: an id, as Xero's are."""
    return f"subject-{account.id.hex[::-1]}"


def _proofs(account: Account, mark: str, customer_id: UUID) -> None:
    # So far away that nothing comes of it while time passes.
    someday = now() + timedelta(days=1000)
    soon, secret = now() + timedelta(minutes=30), f"{SECRET}-{account.id}"[:64]
    user_id = account.id
    db.session.add_all(
        [
            UserIdentity(user_id=user_id, issuer=ISSUER, subject=subject_of(account)),
            RecoveryCode(user_id=user_id, salt=secret.encode()[:16], verifier=secret.encode()[:32]),
            Passkey(
                user_id=user_id,
                credential_id=secret.encode(),
                public_key=secret.encode(),
                name=f"{mark}'s phone",
            ),
            AlternativeAddress(
                user_id=user_id, address=f"{mark}-other@example.com", counts_from=now()
            ),
            KnownDevice(id=secret, user_id=user_id),
            MailedProof(
                kind="alternative",
                address=f"{mark}-other@example.com",
                browser_digest=secret,
                user_id=user_id,
                content={"verifier": secret},
                secret_digest=secret,
                mailed_at=now(),
                expires_at=soon,
            ),
            # Asked for, and by nobody whom we know yet.
            MailedProof(
                kind="reset",
                address=account.email,
                browser_digest=secret,
                secret_digest=f"{secret}"[::-1],
                mailed_at=now(),
                expires_at=soon,
            ),
            Mail(
                recipient=account.email.capitalize(),
                subject=f"A code for {mark}",
                body_sealed=secret,
                status="sent",
            ),
            Errand(
                environment="sandbox",
                customer_id=customer_id,
                asked_by_id=user_id,
                email="somebody@example.com",
                token_digest=secret,
                browser_digest=secret,
                expires_at=soon,
            ),
            # From before they changed their address: only the number says that these are theirs.
            Mail(
                recipient=f"{mark}-before@example.org",
                user_id=user_id,
                subject="Your code",
                body_sealed=secret,
                status="sent",
            ),
            NewLogin(user_id=user_id, address=f"{mark}-soon@example.org", counts_from=someday),
            Invitation(
                customer_id=customer_id,
                email=f"{mark}-before@example.org",
                right="see",
                token_digest=secret[::-1],
                accepted_by_id=user_id,
                accepted_at=now(),
                expires_at=soon,
            ),
            Invitation(
                customer_id=customer_id,
                email="somebody@example.com",
                right="see",
                token_digest=secret,
                invited_by_id=user_id,
                expires_at=soon,
            ),
        ]
    )
    db.session.flush()


def _connection(account: Account, mark: str, customer_id: UUID) -> None:
    secret = f"{SECRET}-{account.id}"[:64]
    shared = {"environment": "sandbox", "provider": "xero"}
    grant = Grant(
        **shared,
        issuer=ISSUER,
        subject=subject_of(account),
        access_sealed=secret,
        refresh_sealed=secret,
        previous_sealed=secret,
        scopes="openid",
        access_expires_at=now(),
        refresh_expires_at=now(),
        rotated_at=now(),
        next_refresh_at=now() + timedelta(days=1),
        # So that no test asks a provider that is not there.
        status="dead",
    )
    db.session.add(grant)
    db.session.flush()
    attempt = Attempt(
        **shared,
        purpose="connect",
        status="finished",
        state_digest=secret,
        nonce=secret,
        verifier_sealed=secret,
        browser_digest=secret,
        subject=subject_of(account),
        owner_user_id=account.id,
        owner_customer_id=customer_id,
        actor=f"{mark} at Xero",
        return_path="/connect",
        anchor="",
        scopes="openid",
        grant_id=grant.id,
    )
    connection = Connection(
        **shared,
        customer_id=customer_id,
        grant_id=grant.id,
        tenant_id=f"tenant-{account.id.hex}",
        remote_id=f"remote-{account.id.hex}",
        name=f"{mark}'s Bakery",
        connected_by_id=account.id,
        connected_by=f"{mark} at Xero",
    )
    db.session.add_all([attempt, connection])
    db.session.flush()
    db.session.add(
        Candidate(attempt_id=attempt.id, tenant_id="t", remote_id="r", name=f"{mark}'s Café")
    )
    db.session.add(
        Stray(grant_id=grant.id, tenant_id="s", remote_id="s", name=f"{mark}'s other Café")
    )
