"""Faults of keys, connections, organisations and the pages a person sees."""

from xero_onboard.sandbox.faults.shape import (
    API,
    Choice,
    Fault,
    Group,
)

KEYS = Group(
    "Keys",
    (
        Fault("no_keys", "No keys", "The list of keys is empty.", ("jwks",)),
        Fault(
            "other_keys",
            "Other keys",
            "The list holds a key that has signed nothing.",
            ("jwks",),
            takes=(Choice("kid", "Its name", {"same": "the same kid", "new": "a new kid"}),),
        ),
    ),
)

ORGANISATIONS = Group(
    "Connections and organisations",
    (
        Fault("no_connections", "No connections", "The list is empty.", ("connections",)),
        Fault(
            "unmatched_event",
            "authEventId matches nothing",
            "No connection carries the event of this consent.",
            ("connections",),
        ),
        Fault(
            "practice_tenants",
            "Practices in the list",
            "Tenants of type PRACTICE and PRACTICEMANAGER.",
            ("connections",),
            takes=(
                Choice(
                    "how",
                    "They are",
                    {"beside": "beside the organisations", "only": "all there is"},
                ),
            ),
        ),
        Fault("token_expired", "Token expired", "401 for a token that is still good.", API),
        Fault(
            "insufficient_scope",
            "insufficient_scope",
            "401: the token lacks a scope.",
            API,
            takes=(
                Choice(
                    "spelling",
                    "Spelt",
                    {
                        "insufficient_scope": "insufficient_scope",
                        "insufficent_scope": "insufficent_scope, as Xero sometimes does",
                    },
                ),
            ),
        ),
        Fault(
            "no_access",
            "AuthenticationUnsuccessful",
            "403: the organisation is not open to this token.",
            API,
        ),
        Fault("not_found", "Not found", "404: there is no such connection.", ("disconnection",)),
    ),
)

PAGES = Group(
    "Pages",
    (
        Fault(
            "error_by_redirect",
            "Back with an error",
            "The app gets this error instead of a code.",
            ("authorize",),
            takes=(
                Choice(
                    "error",
                    "Error",
                    {
                        word: word
                        for word in (
                            "server_error",
                            "temporarily_unavailable",
                            "access_denied",
                            "login_required",
                            "interaction_required",
                            "invalid_request",
                        )
                    },
                ),
            ),
        ),
        Fault(
            "error_page",
            "Xero’s error page",
            "The person stays at Xero, with an error that the app never hears of.",
            ("authorize",),
            takes=(
                Choice(
                    "error",
                    "Error",
                    {
                        "redirect_uri": "Invalid redirect_uri",
                        "client": "Unknown client or client not enabled",
                        "scope_for_client": "Invalid scope for client",
                        "scope": "Invalid scope",
                    },
                ),
            ),
        ),
        Fault(
            "app_full",
            "App limit reached",
            "The app has as many connections as it may have: there is nothing to press.",
            ("consent",),
        ),
        Fault(
            "bulk",
            "Several organisations at once",
            "The consent page lets the person tick any number of organisations.",
            ("decision",),
        ),
    ),
)
