"""Faults of the line, of the clock, and answers that are no answer."""

from xero_onboard.sandbox.faults.shape import (
    CALLS,
    EVERYWHERE,
    TOKENS,
    Address,
    Choice,
    Fault,
    Group,
    Number,
    Text,
)

_DAYS = 400 * 86_400
_RETRY_AFTER = Text(
    "retry_after",
    "Retry-After",
    "22",
    "Seconds, a date, or nonsense; empty for none.",
)
_MEGABYTES = Number("megabytes", "Megabytes", 200, 1, 1024)

LINE = Group(
    "The line",
    (
        Fault(
            "refuse",
            "Hang up",
            "The call is not taken: the connection is closed without an answer.",
            EVERYWHERE,
        ),
        Fault(
            "reset",
            "Reset",
            "The call is not taken: the connection is reset (TCP RST).",
            EVERYWHERE,
        ),
        Fault(
            "lost",
            "Lose the answer",
            "Everything is done – a code spent, a refresh token rotated – but the answer never arrives.",
            EVERYWHERE,
        ),
        Fault(
            "delay",
            "Answer late",
            "The answer comes after a while, long after the app may have given up.",
            EVERYWHERE,
            "pace",
            (
                Number("seconds", "Seconds", 20, 0.01, 600),
                Choice(
                    "work",
                    "The work – a code spent, a token rotated – is done",
                    {"first": "at once", "last": "after the while"},
                ),
            ),
        ),
        Fault(
            "drip",
            "Drip",
            "The answer comes one byte at a time.",
            EVERYWHERE,
            "pace",
            (Number("seconds", "Seconds between bytes", 1, 0.001, 60),),
        ),
        Fault(
            "truncated",
            "Cut the answer off",
            "Everything is done; only the first half of the answer arrives.",
            EVERYWHERE,
            takes=(
                Choice(
                    "announced",
                    "The length announced",
                    {"whole": "of the whole answer", "half": "of the half that arrives"},
                ),
            ),
        ),
    ),
)

INSTEAD = Group(
    "Something else instead of the answer",
    (
        Fault(
            "failing",
            "Fail",
            "Xero has trouble of its own; nothing is done.",
            EVERYWHERE,
            takes=(
                Choice(
                    "status",
                    "Status",
                    {
                        "503": "503 in plain text",
                        "500": "500 in JSON",
                        "502": "502 as a page",
                        "504": "504 as a page",
                    },
                ),
                _RETRY_AFTER,
            ),
        ),
        Fault(
            "rate_limited",
            "Too many calls",
            "429 with Xero’s headers; nothing is done.",
            CALLS,
            takes=(
                Choice(
                    "problem",
                    "X-Rate-Limit-Problem",
                    {
                        "minute": "minute",
                        "day": "day",
                        "concurrent": "concurrent",
                        "appminute": "appminute",
                        "app-minute": "app-minute",
                    },
                ),
                _RETRY_AFTER,
                Choice("body", "Body", {"empty": "empty", "json": "JSON without “error”"}),
            ),
        ),
        Fault(
            "html", "A page with 200", "HTML where JSON should be, and it says all is well.", CALLS
        ),
        Fault(
            "edge", "Stopped at the edge", "403 as a page, from something in front of Xero.", CALLS
        ),
        Fault("empty_object", "{} with 200", "JSON without anything in it.", CALLS),
        Fault("bad_utf8", "Bad UTF-8", "JSON with bytes that are no text.", CALLS),
        Fault(
            "huge",
            "Huge",
            "JSON after very many blanks, streamed.",
            CALLS,
            takes=(_MEGABYTES,),
        ),
        Fault(
            "gzip_bomb",
            "A gzip bomb",
            "A small packed answer that unpacks into very many blanks.",
            CALLS,
            takes=(_MEGABYTES,),
        ),
        Fault(
            "redirected",
            "Redirect the call",
            "307 to another address on this computer, which would take code and secret along.",
            CALLS,
            takes=(Address("to", "Address", "http://127.0.0.2:9/"),),
        ),
    ),
)

REFUSALS = Group(
    "Tokens refused",
    (
        Fault("invalid_grant", "invalid_grant", "The code or refresh token is no good.", TOKENS),
        Fault(
            "code_used",
            "Code already used",
            "Somebody else was faster: the code is spent when the app redeems it.",
            ("code",),
        ),
        Fault(
            "invalid_client",
            "invalid_client",
            "The app’s secret is not accepted.",
            (*TOKENS, "revocation"),
            takes=(Choice("status", "Status", {"400": "400, as at Xero", "401": "401"}),),
        ),
        Fault(
            "token_error",
            "Another error of OAuth",
            "400 with this word.",
            TOKENS,
            takes=(
                Choice(
                    "error",
                    "Error",
                    {
                        word: word
                        for word in (
                            "invalid_request",
                            "invalid_scope",
                            "unauthorized_client",
                            "unsupported_grant_type",
                            "server_error",
                            "temporarily_unavailable",
                        )
                    },
                ),
            ),
        ),
    ),
)

CLOCK = Group(
    "The clock",
    (
        Fault(
            "clock",
            "Wrong clock",
            "Times in tokens and in the Date header are ahead of the truth, or behind it.",
            EVERYWHERE,
            "clock",
            (Number("seconds", "Seconds ahead; less than 0 for behind", 600, -_DAYS, _DAYS),),
        ),
    ),
)
