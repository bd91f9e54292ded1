"""Webhooks: what Xero tells an app unasked, and how it judges the app's answer.

https://developer.xero.com/documentation/guides/webhooks/overview/
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select

from xero_onboard.lib import clock, http
from xero_onboard.sandbox.models import Organisation, Webhook
from xero_onboard.sandbox.settings import settings
from xero_onboard.sandbox.store import store

PATIENCE_SECONDS = 5.0
# Xero comes again for so long, and then switches the webhook off.
TRIES_EVERY = timedelta(minutes=15)
GIVES_UP_AFTER = timedelta(hours=24)
SHOWN = 20

CATEGORIES: Mapping[str, str] = {
    "CONTACT": "Contacts",
    "INVOICE": "Invoices",
    "CREDITNOTE": "CreditNotes",
    "PREPAYMENT": "Prepayments",
    "OVERPAYMENT": "Overpayments",
}
TYPES: Mapping[str, str] = {"UPDATE": "changed", "CREATE": "made"}
SIGNATURES: Mapping[str, str] = {
    "good": "With the right key",
    "wrong": "With another key",
    "missing": "Not signed at all",
}
# Some of these are signed wrongly, to see whether the app looks.
_INTENT = ("good", "wrong", "good", "missing")


def tell(organisation: Organisation, category: str, kind: str, signature: str) -> Webhook:
    """Send the news that something was made or changed in an organisation."""
    resource_id = uuid4()
    moment = clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    event: dict[str, object] = {
        "resourceUrl": f"{settings().origin}/api.xro/2.0/{CATEGORIES[category]}/{resource_id}",
        "resourceId": str(resource_id),
        "eventDateUtc": moment,
        "eventType": kind,
        "eventCategory": category,
        "tenantId": str(organisation.id),
        "tenantType": "ORGANISATION",
    }
    if category == "CREDITNOTE":
        event["data"] = {"Type": "ACCRECCREDIT", "Status": "AUTHORISED"}
    number = 1 + (store.session.scalar(select(func.max(Webhook.sequence))) or 0)
    what = f"{category} {TYPES[kind]} in {organisation.name}"
    return _send(_noted(what, [event], signature, number))


def ask_intent() -> Sequence[Webhook]:
    """See whether the app tells our signature from others, as Xero does before it tells anything."""
    return [_send(_noted("Intent to receive", [], each, 0)) for each in _INTENT]


def send_again(webhook_id: UUID) -> Webhook | None:
    """The same once more, byte for byte; None where there is no such webhook."""
    found = store.session.get(Webhook, webhook_id)
    return _send(found) if found else None


def sent() -> Sequence[Webhook]:
    """What was sent, the newest first."""
    rows = select(Webhook).order_by(Webhook.made_at.desc(), Webhook.id).limit(SHOWN)
    return store.session.scalars(rows).all()


def complaints(webhook: Webhook) -> list[str]:
    """What is wrong with the app's answer; nothing where Xero would be content."""
    if webhook.status is None:
        return [f"No answer within {PATIENCE_SECONDS:g} seconds ({webhook.failure})."]
    is_good = webhook.signature == "good"
    found = []
    if is_good and not 200 <= webhook.status < 300:
        found.append("It was signed with the right key, and wants an answer of 2xx.")
    if not is_good and webhook.status != 401:
        found.append("It was not signed with the right key, and wants a 401.")
    if webhook.answer_length:
        found.append("The answer has to be empty.")
    if webhook.sets_cookie:
        found.append("The answer must not set a cookie.")
    return found


def comes_again_until(webhook: Webhook) -> str | None:
    """How long Xero would go on trying; None when it need not."""
    is_taken = webhook.status is not None and 200 <= webhook.status < 300
    if webhook.signature != "good" or is_taken:
        return None
    return (webhook.made_at + GIVES_UP_AFTER).strftime("%-d %B, %H:%M UTC")


def _noted(what: str, events: list[dict[str, object]], signature: str, number: int) -> Webhook:
    body = json.dumps(
        {
            "events": events,
            "firstEventSequence": number,
            "lastEventSequence": number,
            "entropy": "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(20)),
        },
        separators=(",", ":"),
    )
    webhook = Webhook(
        what=what, body=body, signature=signature, sequence=number, made_at=clock.now()
    )
    store.session.add(webhook)
    return webhook


def _send(webhook: Webhook) -> Webhook:
    """Send it, with the store free for whoever is called by it, and note the answer."""
    store.session.commit()
    headers = {"Content-Type": "application/json", "User-Agent": "Xero-Webhook"}
    signature = _SIGNED[webhook.signature](webhook.body.encode())
    if signature is not None:
        headers["x-xero-signature"] = signature
    began = time.monotonic()
    status, length, sets_cookie, failure = None, 0, False, None
    try:
        with http.client(PATIENCE_SECONDS) as line:
            answer = line.post(
                settings().webhook_url, content=webhook.body.encode(), headers=headers
            )
        status, length = answer.status_code, len(answer.content)
        sets_cookie = "Set-Cookie" in answer.headers
    except http.Unanswered as error:
        failure = str(error)
    webhook.status, webhook.failure = status, failure
    webhook.answer_length, webhook.sets_cookie = length, sets_cookie
    webhook.seconds = time.monotonic() - began
    webhook.tries += 1
    store.session.add(webhook)
    store.session.commit()
    return webhook


def signature_of(body: bytes, key: str) -> str:
    """As Xero signs: HMAC-SHA256 over every byte, in base64."""
    digest = hmac.new(key.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


_SIGNED: Mapping[str, Callable[[bytes], str | None]] = {
    "good": lambda body: signature_of(body, settings().webhook_key),
    "wrong": lambda body: signature_of(body, secrets.token_urlsafe(48)),
    "missing": lambda _body: None,
}
