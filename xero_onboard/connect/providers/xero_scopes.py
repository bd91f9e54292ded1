"""Which permissions Xero knows, so that a misspelt one is found before a reader finds it.

Xero answers an unknown scope with an error page that nobody comes back from.
https://developer.xero.com/documentation/guides/oauth2/scopes/
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from difflib import get_close_matches

BROAD_END_ON = date(2027, 9, 13)
# Apps made since 2 March 2026 are refused these: https://developer.xero.com/faq/granular-scopes
_BROAD = frozenset(
    {"accounting.transactions", "accounting.transactions.read", "accounting.reports.read"}
)
_READ_OR_WRITE = (
    *(
        f"accounting.{part}"
        for part in (
            "attachments",
            "banktransactions",
            "classicexpenses",
            "contacts",
            "invoices",
            "manualjournals",
            "payments",
            "settings",
        )
    ),
    *(f"payroll.{part}" for part in ("employees", "payruns", "payslip", "settings", "timesheets")),
    *("assets", "files", "projects"),
)
_REPORTS = (
    "aged",
    "balancesheet",
    "banksummary",
    "budgetsummary",
    "executivesummary",
    "profitandloss",
    "taxreports",
    "tenninetynine",
    "trialbalance",
)
_OTHERS = (
    *("openid", "profile", "email", "offline_access"),
    *("accounting.budgets.read", "accounting.journals.read"),
    *("bankfeeds", "paymentservices"),
    *(
        f"finance.{part}.read"
        for part in ("accountingactivity", "bankstatementsplus", "cashvalidation", "statements")
    ),
)
_PRACTICE = ("practicemanager", "practicemanager.read")
KNOWN = frozenset(
    {
        *_READ_OR_WRITE,
        *(f"{scope}.read" for scope in _READ_OR_WRITE),
        *(f"accounting.reports.{report}.read" for report in _REPORTS),
        *_OTHERS,
        *_PRACTICE,
        *_BROAD,
    }
)


def are_refused(scopes: Iterable[str], further: Iterable[str] = (), *, today: date) -> bool:
    """Whether Xero would show every reader an error page; what it refuses to some apps alone is let through.

    `further` are scopes that Xero knows although this list does not say so, or gives for longer.
    """
    asked = frozenset(scopes)
    in_doubt = asked - frozenset(further)
    has_ended = today >= BROAD_END_ON and bool(in_doubt & _BROAD)
    return has_ended or bool(in_doubt - KNOWN) or _are_mixed(asked)


def doubts(scopes: Iterable[str], further: Iterable[str] = ()) -> Iterator[str]:
    """A sentence for each reason why Xero may refuse to ask a reader for these.

    `further` are scopes that Xero has added since this list was made.
    """
    asked = tuple(scope for scope in scopes if scope not in frozenset(further))
    for scope in asked:
        if scope in _BROAD:
            yield (
                f"{scope} is refused to apps made since March 2026, and to all from {BROAD_END_ON}:"
                " ask for the narrower scopes in its place"
            )
        elif scope not in KNOWN:
            alike = get_close_matches(scope, sorted(KNOWN), 1)
            meant = f"; is {alike[0]} meant?" if alike else ""
            yield f"{scope} is no scope of Xero that we know of{meant}"
    if _are_mixed(asked):
        yield "Xero never gives scopes of a practice and of an organisation in one trip"


def _are_mixed(scopes: Collection[str]) -> bool:
    return any(scope in _PRACTICE for scope in scopes) and any(
        scope.startswith(("accounting.", "payroll.")) for scope in scopes
    )
