"""Every form of the site: where it is, what it takes, and whom it is for."""

from collections.abc import Mapping
from dataclasses import dataclass

ARTICLE = "360001000101"
CONNECTION = "11111111-1111-4111-8111-111111111111"
CHOOSING = "22222222-2222-4222-8222-222222222222"
SOMEBODY = "33333333-3333-4333-8333-333333333333"

ERRAND = "/for-a-colleague/a-link-for-somebody-else"

NEXT = {"next": "/connect"}
PLACE = {"next": "/connect", "anchor": "connect"}
PRESS = {**PLACE, "edition": f"{ARTICLE}-1"}
SEEN = {"edition": f"{ARTICLE}-1", "locale": "en-gb", "referrer": "http://localhost:8000/hc/en-gb"}
# For whom the page was; a page that caches keep does not say it.
FOR = {"customer": ""}
# What tells people from machines.
SENT = {"website": "", "shown_at": "now"}
PASSWORD = "a kettle, a lamp and 9 spoons"


@dataclass(frozen=True)
class Form:
    """Where a form leads, with an honest value for each of its fields."""

    path: str
    fields: Mapping[str, str]
    # Those that take whatever is typed, or put what is wrong right without a word.
    free: frozenset[str] = frozenset({"next", "anchor"})
    is_strangers: bool = False
    # Those that take several lines: a break is no reason to refuse them, and what nobody sees is left out.
    lines: frozenset[str] = frozenset()
    # It is answered with a page that is shown once.
    shows_page: bool = False
    # The page that has to be open before the form means anything.
    page: str = ""


def free(*names: str) -> frozenset[str]:
    return frozenset({"next", "anchor", *names})


# Tests below fail when a form is added and not listed, or a field of one.
FORMS = {
    "/hc/articles/<id>/vote": Form(
        f"/hc/articles/{ARTICLE}/vote", {"value": "up", **SEEN}, free(*SEEN)
    ),
    "/hc/articles/<id>/remark": Form(
        f"/hc/articles/{ARTICLE}/remark",
        {"reason": "easy", "words": "Thank you.", **SENT},
        free("reason", "words"),
        lines=frozenset({"words"}),
    ),
    "/hc/articles/<id>/problem": Form(
        f"/hc/articles/{ARTICLE}/problem",
        {"doing": "Reading.", "wrong": "A picture is missing.", **SENT, **SEEN},
        free("doing", "wrong", "website", *SEEN),
        lines=frozenset({"doing", "wrong"}),
    ),
    "/hc/articles/<id>/comments": Form(
        f"/hc/articles/{ARTICLE}/comments",
        {"words": "Thank you.", "edition": f"{ARTICLE}-1", **SENT},
        free("words", "edition", "website"),
        lines=frozenset({"words"}),
    ),
    "/hc/comments/<id>/edit": Form(
        f"/hc/comments/{SOMEBODY}/edit", {"words": "Thank you."}, lines=frozenset({"words"})
    ),
    "/hc/following/new": Form(
        "/hc/following/new",
        {
            "kind": "article",
            "target": ARTICLE,
            "locale": "en-gb",
            "email": "nell@example.com",
            **SENT,
        },
        free("website"),
        is_strangers=True,
    ),
    "/hc/<id>/requests/new": Form(
        "/hc/en-gb/requests/new",
        {
            "email": "nell@example.com",
            "subject": "Help",
            "words": "Please.",
            "with": "guide",
            "edition": f"{ARTICLE}-1",
            "step": "Before you start",
            "reference": "XC-7F3K",
            **SENT,
        },
        lines=frozenset({"words"}),
    ),
    "/hc/<id>/requests/<id>/messages": Form(
        "/hc/en-gb/requests/R-ABCD-EFGH/messages", {"words": "More."}, lines=frozenset({"words"})
    ),
    "/hc/<id>/requests/<id>/solved": Form(
        "/hc/en-gb/requests/R-ABCD-EFGH/solved", {"article": ARTICLE}
    ),
    "/hc/<id>/requests/<id>/link": Form(
        "/hc/en-gb/requests/R-ABCD-EFGH/link", {"email": "nell@example.com", **SENT}
    ),
    "/connect/xero": Form("/connect/xero", {**PRESS, **FOR}, free("edition", *FOR)),
    "/hc/search/told": Form(
        "/hc/search/told",
        {"query": "phone", "from": "page", "article": str(ARTICLE), "place": "1"},
        free("query", "place"),
    ),
    "/connect/shown": Form("/connect/shown", {"edition": f"{ARTICLE}-1"}),
    "/hc/readings": Form("/hc/readings", {"edition": f"{ARTICLE}-1"}),
    "/connect/attempts/<id>/saw": Form(f"/connect/attempts/{CHOOSING}/saw", {"saw": "saw_limit"}),
    **{
        f"/connect/connections/<id>/{verb}": Form(
            f"/connect/connections/{CONNECTION}/{verb}", PRESS, free("edition")
        )
        for verb in ("select", "check", "reconnect", "disconnect")
    },
    "/connect/organisations/<id>": Form(f"/connect/organisations/{CHOOSING}", {"tenant": "t-2"}),
    "/connect/organisations/<id>/instead": Form(
        f"/connect/organisations/{CHOOSING}/instead", {"tenant": "t-2"}
    ),
    "/connect/errands": Form(
        "/connect/errands", {**PLACE, **FOR, "email": "amara@example.com"}, free(*FOR)
    ),
    "/connect/errands/link": Form(
        "/connect/errands/link", {**PLACE, **FOR}, free(*FOR), shows_page=True
    ),
    "/connect/errands/<id>/again": Form(f"/connect/errands/{SOMEBODY}/again", PLACE),
    "/connect/errands/<id>/withdraw": Form(f"/connect/errands/{SOMEBODY}/withdraw", PLACE),
    "/for-a-colleague": Form(
        "/for-a-colleague", {"confirm": "yes", "offer": SOMEBODY}, free("offer"), page=ERRAND
    ),
    "/for-a-colleague/organisations": Form(
        "/for-a-colleague/organisations",
        {"tenant": "t-2", "attempt": ""},
        free("attempt"),
        page=ERRAND,
    ),
    "/sign-in/xero": Form("/sign-in/xero", NEXT, is_strangers=True),
    "/account/colleagues/invite": Form(
        "/account/colleagues/invite",
        {"email": "kim@example.com", "right": "see", **FOR},
        free(*FOR),
    ),
    "/account/colleagues/<id>/right": Form(
        f"/account/colleagues/{SOMEBODY}/right", {"right": "see", **FOR}, free(*FOR)
    ),
    "/account/customers/rename": Form(
        "/account/customers/rename", {"name": "Wattle", **FOR}, free("name", *FOR)
    ),
    **{
        f"/account/colleagues/<id>/{verb}": Form(
            f"/account/colleagues/{SOMEBODY}/{verb}", FOR, free(*FOR)
        )
        for verb in ("remove", "hand-over")
    },
    "/account/colleagues/invitations/<id>/withdraw": Form(
        f"/account/colleagues/invitations/{SOMEBODY}/withdraw", FOR, free(*FOR)
    ),
    "/account/customers/leave": Form("/account/customers/leave", FOR, free(*FOR)),
    "/account/customers/switch": Form("/account/customers/switch", {**PLACE, "customer": SOMEBODY}),
    "/invitations": Form("/invitations", {"confirm": "yes", "offer": SOMEBODY}),
    "/register": Form(
        "/register",
        {"name": "Nell", "email": "nell@example.com", "password": PASSWORD, **NEXT},
        free("name", "password"),
        is_strangers=True,
    ),
    "/register/code": Form("/register/code", {"code": "123456"}, is_strangers=True),
    "/password/forgotten": Form(
        "/password/forgotten", {"email": "nell@example.com"}, is_strangers=True
    ),
    "/sign-in/password": Form(
        "/sign-in/password",
        {"email": "nell@example.com", "password": PASSWORD, **NEXT},
        is_strangers=True,
    ),
    "/sign-in/passkey": Form("/sign-in/passkey", {"answer": "{}", **NEXT}, is_strangers=True),
    "/sign-in/second-step": Form("/sign-in/second-step", {"code": "123456"}, is_strangers=True),
    "/sign-in/recovery-code": Form(
        "/sign-in/recovery-code", {"code": "ABCD-EFGH"}, is_strangers=True
    ),
    "/sign-in/mailed-code": Form("/sign-in/mailed-code", {"code": "123456"}, is_strangers=True),
    "/password/reset/<id>": Form(
        "/password/reset/of-no-mail", {"password": PASSWORD}, is_strangers=True
    ),
    "/password/recover/<id>": Form(
        "/password/recover/of-no-link", {"password": PASSWORD}, is_strangers=True
    ),
    "/account/address": Form("/account/address", {"email": "newer@example.com"}),
    "/account/address/code": Form("/account/address/code", {"code": "123456"}),
    "/account/alternative": Form("/account/alternative", {"email": "spare@example.com"}),
    "/account/alternative/code": Form("/account/alternative/code", {"code": "123456"}),
    "/account/passkeys": Form(
        "/account/passkeys", {"name": "Telephone", "answer": "{}"}, free("name")
    ),
    "/account/password": Form(
        "/account/password", {"password": PASSWORD, "email": "nell@example.com"}, free("password")
    ),
    "/account/password/code": Form("/account/password/code", {"code": "123456"}),
    "/account/prove/code": Form("/account/prove/code", {"code": "123456"}),
    "/account/prove/passkey": Form("/account/prove/passkey", {"answer": "{}"}),
    "/account/prove/password": Form("/account/prove/password", {"password": PASSWORD}),
    "/account/prove/xero": Form("/account/prove/xero", NEXT),
    "/account/two-step": Form(
        "/account/two-step", {"code": "123456", **NEXT}, page="/account/two-step"
    ),
    "/account/privacy/delete": Form("/account/privacy/delete", {"confirmation": "delete"}),
}
# No form at all: `connect/test_hearing.py` tries what may be in it.
FOR_MACHINES = {"/webhooks/xero"}
WITHOUT_FIELDS = {
    "/sign-out",
    "/connect/attempts/<id>/again",
    "/connect/attempts/<id>/cancel",
    "/hc/<id>/requests/<id>/confirm",
    "/hc/comments/<id>/delete",
    *(f"/hc/following/<id>/verify/<id>{verb}" for verb in ("", "/confirm")),
    *(f"/digest/<id>/verify/<id>{verb}" for verb in ("", "/resume")),
    "/connect/organisations/<id>/take-over",
    "/sign-in/passkey/options",
    "/sign-in/mailed-code/ask",
    "/not-me/<id>",
    "/account/address/stop",
    "/account/address/give-up",
    "/account/alternative/keep",
    "/account/alternative/remove",
    "/account/passkeys/options",
    "/account/passkeys/<id>/remove",
    "/account/prove/passkey/options",
    "/account/recovery-codes",
    "/account/sessions/<id>/end",
    "/account/sessions/end-others",
    "/account/two-step/remove",
    "/account/privacy/export",
    "/staff/audit/check",
    "/staff/articles/archive",
    "/staff/feedback/export",
    *(f"/staff/articles/<id>/{verb}" for verb in ("unpublish", "archive", "bring-back")),
    "/staff/articles/<id>/unsaved/forget",
    "/staff/articles/<id>/unschedule",
    "/staff/articles/<id>/approval/withdraw",
    *(f"/staff/articles/<id>/approval/{verb}" for verb in ("approve", "publish")),
    *(f"/staff/articles/<id>/offer/{verb}" for verb in ("take", "leave")),
    *(f"/staff/sections/<id>/{verb}" for verb in ("archive", "bring-back")),
    *(f"/staff/snippets/<id>/<id>/{verb}" for verb in ("offer/leave", "remove")),
    *(f"/staff/connections/<id>/{verb}" for verb in ("check", "pause", "resume", "disconnect")),
    "/staff/connections/logins/<id>/look",
    "/staff/certification/<id>/withdraw",
    "/staff/people/<id>/administer/<id>",
    "/staff/people/<id>/disable",
    "/staff/people/<id>/enable",
    "/staff/people/<id>/second-step",
    "/account/xero/link",
    "/account/xero/unlink",
    *(f"/staff/brand/{verb}" for verb in ("discard", "reset")),
}
# Closed to readers, whatever they send; `tests/staff` sends what is hostile as an administrator.
FOR_STAFF = {
    "/staff/articles/new",
    *(
        f"/staff/articles/<id>/{verb}"
        for verb in ("draft", "publish", "preview", "discard", "verify")
    ),
    *(f"/staff/articles/<id>/approval{verb}" for verb in ("", "/draft", "/send-back", "/override")),
    "/staff/articles/<id>/pictures",
    "/staff/articles/<id>/translations",
    "/staff/articles/<id>/history/<id>/restore",
    *(f"/staff/sections{verb}" for verb in ("", "/<id>")),
    *(f"/staff/snippets{verb}" for verb in ("", "/<id>/<id>")),
    "/staff/articles/<id>/unsaved",
    *(f"/staff/articles/<id>/{verb}" for verb in ("place", "schedule")),
    "/staff/people/<id>/role",
    "/staff/connections/logins/<id>/remove",
    "/staff/certification/<id>/confirm",
    "/staff/feedback/<id>",
    "/staff/comments/<id>",
    *(f"/staff/requests/<id>{verb}" for verb in ("", "/answer", "/note")),
    *(f"/staff/brand/{verb}" for verb in ("colours", "pictures", "use")),
    "/staff/waiting/mail",
}

STAFFS_FIELDS = {
    *("role", "remote_id", "note", "status", "assignee", "wording"),
    *("was_status", "was_assignee", "was_note", "was_article", "read_to"),
    *("title", "section", "skeleton", "description", "body", "keywords", "last_reviewed_on"),
    *(
        "review_in",
        "provider",
        "errors",
        "promoted",
        "visibility",
        "comments_closed",
        "feedback_off",
        "search_boost",
        "search_exclude",
        "toc_off",
        "canonical",
        "image",
        *("prev", "prev_title", "next", "next_title", "related"),
        "significance",
        "reason",
        "base",
        "onto",
        "view",
    ),
    *("alt", "caption", "slug", "after", "owner", "publish_at", "unpublish_at"),
    *("name", "locale", "reviewer", "answer", "wanted"),
    *("light", "dark", "named", "icon_of_logo", "number"),
    *("without_logo", "without_logo_dark", "without_icon"),
}
# `v` only says how long a picture or a style may be kept; `tests/staff` and `content/test_zendesk_*` ask for the others.
OTHER_QUERIES = {
    *("page", "v", "kind", "state", "code", "article", "days"),
    *("section", "owner", "overdue", "view", "with", "unsaved", "status", "whose"),
    *("unhelpful", "requests", "order", "visibility", "words"),
    *("per_page", "sort_by", "sort_order"),
    *(
        "page[size]",
        "page[after]",
        "page[before]",
        "label_names",
        "start_time",
        "locales",
        "outdated",
        "draft",
        "created",
        "updated",
    ),
}

QUERIES = [
    ("/hc/en-gb/search", "query"),
    ("/hc/search/suggest", "query"),
    ("/api/v2/help_center/articles/search", "query"),
    ("/api/v2/help_center/articles/search", "locale"),
    ("/api/v2/help_center/articles", "page"),
    *(("/hc/en-gb/requests/new", name) for name in ("subject", "edition", "step", "reference")),
    ("/sign-in", "next"),
    ("/register", "next"),
    ("/account/prove", "next"),
    ("/account/two-step", "next"),
    ("/connect", "attempt"),
    ("/hc/en-gb", "attempt"),
    (f"/hc/en-gb/articles/{ARTICLE}-connect-your-xero-organisation", "attempt"),
    ("/connect/problem/other_browser", "attempt"),
]
FOR_THE_SIGNED_IN = {"/account/prove", "/account/two-step"}
