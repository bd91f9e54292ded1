"""The scopes an app may ask for: https://developer.xero.com/documentation/guides/oauth2/scopes/"""

from collections.abc import Collection, Iterable

_RECORDS = {
    "accounting.invoices": "invoices, bills, quotes, purchase orders and credit notes",
    "accounting.payments": "payments, prepayments and overpayments",
    "accounting.banktransactions": "bank transactions and transfers",
    "accounting.manualjournals": "manual journals",
    "accounting.classicexpenses": "receipts and expense claims",
    "accounting.contacts": "contacts and contact groups",
    "accounting.settings": "the organisation’s details, accounts, tax rates and settings",
    "accounting.attachments": "files attached to records",
    "payroll.employees": "payroll employees",
    "payroll.payruns": "pay runs",
    "payroll.payslip": "payslips",
    "payroll.timesheets": "timesheets",
    "payroll.settings": "payroll settings",
    "files": "the file library",
    "assets": "fixed assets",
    "projects": "projects, tasks and time",
}

_PRACTICE = {"practicemanager": "clients and jobs of the practice"}

_READ_ONLY = {
    "accounting.budgets.read": "View budgets",
    "accounting.journals.read": "View the general ledger’s journals",
    "accounting.reports.aged.read": "View aged receivables and payables reports",
    "accounting.reports.balancesheet.read": "View the balance sheet",
    "accounting.reports.banksummary.read": "View the bank summary",
    "accounting.reports.budgetsummary.read": "View the budget summary",
    "accounting.reports.executivesummary.read": "View the executive summary",
    "accounting.reports.profitandloss.read": "View the profit and loss report",
    "accounting.reports.trialbalance.read": "View the trial balance",
    "accounting.reports.taxreports.read": "View tax reports",
    "accounting.reports.tenninetynine.read": "View 1099 reports",
    "finance.accountingactivity.read": "View how the books are kept",
    "finance.bankstatementsplus.read": "View bank statements with their accounting",
    "finance.cashvalidation.read": "View cash validation",
    "finance.statements.read": "View financial statements",
}

_OTHER = {
    "bankfeeds": "Feed bank statements in",
    "paymentservices": "Offer a payment service on invoices",
}

IDENTITY = frozenset({"openid", "profile", "email"})
OFFLINE = "offline_access"

# Refused for apps made since 2 March 2026: https://developer.xero.com/faq/granular-scopes
DEPRECATED = frozenset(
    {"accounting.transactions", "accounting.transactions.read", "accounting.reports.read"}
)

# Given to an app as itself (client credentials), never through a person.
APP_ONLY = frozenset({"app.connections", "marketplace.billing"})


def _both(records: dict[str, str]) -> dict[str, str]:
    manage = {scope: f"View and manage {what}" for scope, what in records.items()}
    view = {f"{scope}.read": f"View {what}" for scope, what in records.items()}
    return manage | view


_ORGANISATION_WORDS = {**_both(_RECORDS), **_READ_ONLY, **_OTHER}
_PRACTICE_WORDS = _both(_PRACTICE)
_WORDS = {**_ORGANISATION_WORDS, **_PRACTICE_WORDS}
KNOWN = IDENTITY | {OFFLINE} | _WORDS.keys()


def of_organisation(scopes: Iterable[str]) -> list[str]:
    """Those that reach into an organisation's books."""
    return [scope for scope in scopes if scope in _WORDS]


def mixes_tenants(scopes: Collection[str]) -> bool:
    """Whether an organisation's and a practice's scopes are asked for together."""
    return not _PRACTICE_WORDS.keys().isdisjoint(scopes) and not (
        _ORGANISATION_WORDS.keys().isdisjoint(scopes)
    )


def in_words(scopes: Collection[str]) -> list[str]:
    """What a person is told they allow."""
    words = ["See your name and email address"] if not IDENTITY.isdisjoint(scopes) else []
    for scope in of_organisation(scopes):
        is_covered = scope.endswith(".read") and scope.removesuffix(".read") in scopes
        if not is_covered:
            words.append(_WORDS[scope])
    if OFFLINE in scopes:
        words.append("Keep this access while you are away, until you disconnect it")
    return words
