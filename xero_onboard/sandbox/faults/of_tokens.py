"""Tokens that lie, or lack something."""

from xero_onboard.sandbox.faults.shape import (
    TOKENS,
    Choice,
    Fault,
    Group,
    Number,
)

_DAYS = 400 * 86_400

IDENTITY = Group(
    "The identity token lies",
    (
        Fault(
            "wrong_issuer",
            "Wrong issuer (iss)",
            "Somebody else issued it.",
            TOKENS,
            takes=(
                Choice(
                    "issuer",
                    "Issuer",
                    {"another": "another", "slash": "ours with a slash", "missing": "none"},
                ),
            ),
        ),
        Fault(
            "wrong_audience",
            "Wrong audience (aud)",
            "It is meant for another app.",
            TOKENS,
            takes=(
                Choice(
                    "audience",
                    "Audience",
                    {
                        "another": "another app",
                        "authorized": "another app, with the app as azp",
                        "several": "the app and another one",
                        "missing": "none",
                    },
                ),
            ),
        ),
        Fault(
            "wrong_nonce",
            "Wrong nonce",
            "It belongs to another press of the button.",
            ("code",),
            takes=(Choice("nonce", "Nonce", {"another": "another", "missing": "none"}),),
        ),
        Fault("bad_signature", "Wrong signature", "It was changed after it was signed.", TOKENS),
        Fault(
            "foreign_key",
            "Signed by a stranger",
            "Another key has signed it; the published keys stay as they are.",
            TOKENS,
            takes=(
                Choice(
                    "kid",
                    "It names",
                    {
                        "same": "the published key (same kid)",
                        "unknown": "a key nobody published (new kid)",
                        "own": "the published key, and brings its own along",
                    },
                ),
            ),
        ),
        Fault(
            "weak_algorithm",
            "Weak algorithm",
            "HS256 with the app’s own secret, or no signature at all.",
            TOKENS,
            takes=(Choice("alg", "Algorithm", {"HS256": "HS256", "none": "none"}),),
        ),
        Fault(
            "expired",
            "Expired (exp)",
            "It was good until a while ago.",
            TOKENS,
            takes=(Number("seconds", "Seconds ago", 130, 1, _DAYS),),
        ),
        Fault(
            "from_the_future",
            "From the future (iat, nbf)",
            "It will be issued in a while.",
            TOKENS,
            takes=(Number("seconds", "Seconds ahead", 130, 1, _DAYS),),
        ),
        Fault(
            "timeless",
            "A time is missing",
            "It does not say when it was issued, or until when it is good.",
            TOKENS,
            takes=(Choice("claim", "Missing", {"exp": "exp", "iat": "iat"}),),
        ),
        Fault(
            "empty_subject",
            "Nobody (sub)",
            "It does not say who somebody is.",
            TOKENS,
            takes=(
                Choice(
                    "claim",
                    "What is wrong",
                    {
                        "empty": "sub is empty",
                        "missing": "sub is missing",
                        "user": "xero_userid is missing",
                    },
                ),
            ),
        ),
        Fault(
            "wrong_at_hash",
            "Another access token (at_hash)",
            "It was issued beside another access token.",
            TOKENS,
        ),
        Fault("no_id_token", "No identity token", "It is left out.", TOKENS),
    ),
)

INCOMPLETE = Group(
    "Tokens with something missing",
    (
        Fault("no_refresh_token", "No refresh token", "It is left out.", TOKENS),
        Fault(
            "no_access_token",
            "No access token",
            "It is null, or left out.",
            TOKENS,
            takes=(Choice("value", "It is", {"null": "null", "missing": "left out"}),),
        ),
        Fault(
            "odd_expiry",
            "Odd expires_in",
            "The access token’s life is no sensible number.",
            TOKENS,
            takes=(
                Choice(
                    "value",
                    "expires_in",
                    {
                        "text": "“abc”",
                        "negative": "-1",
                        "zero": "0",
                        "endless": "1e400",
                        "null": "null",
                        "missing": "left out",
                    },
                ),
            ),
        ),
        Fault(
            "fewer_scopes",
            "Fewer scopes",
            "The person allowed less than was asked for.",
            TOKENS,
            takes=(
                Choice(
                    "without",
                    "Without",
                    {
                        "accounting.settings.read": "accounting.settings.read",
                        "accounting.contacts": "accounting.contacts",
                        "accounting.invoices": "accounting.invoices",
                        "accounting.payments": "accounting.payments",
                        "offline_access": "offline_access",
                        "accounting": "anything of an organisation",
                    },
                ),
            ),
        ),
        Fault(
            "no_event_id",
            "No authentication event",
            "The access token does not say which consent it came from.",
            TOKENS,
        ),
    ),
)
