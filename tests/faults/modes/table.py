"""The 56 ways in which connecting goes wrong: the test that causes each, and what the reader sees then."""

from dataclasses import dataclass

from tests.faults.modes.told import Told, outcome, page, state, to_a_colleague

HARBOUR = "Harbour Café Ltd"
RILEY = {"colleague": "Amara Osei", "customer": "Amara Osei"}


@dataclass(frozen=True)
class Mode:
    """One row: what goes wrong, the test here that causes it, and what the reader is told.

    What cannot happen by design names no test, and says why.
    """

    number: int
    what: str
    test: str = ""
    told: tuple[Told, ...] = ()
    why_not: str = ""


def seen(number: int, what: str, test: str, *told: Told) -> Mode:
    """A way that is caused."""
    return Mode(number, what, test, told)


def never(number: int, what: str, why: str) -> Mode:
    """A way that cannot occur by design."""
    return Mode(number, what, why_not=why)


BEFORE_LEAVING = (
    seen(
        1,
        "A link to connect is out of date",
        "test_before_leaving.test_a_link_that_is_out_of_date",
        page(
            "a page for the link",
            "This link cannot be used",
            "It was used or withdrawn, has run out, or was opened elsewhere. Nothing is connected by it any more: ask the colleague who sent it for a new one, or close this page.",
        ),
    ),
    seen(
        2,
        "A scanner opens the link before its reader",
        "test_before_leaving.test_a_link_that_a_scanner_opens",
        page(
            "the link’s page, unused",
            "Amara Osei (amara@practice.example) asks you to connect an organisation in Xero to Acme Billing.",
        ),
        to_a_colleague("connected_another", organisation="Riley's Roastery", **RILEY),
    ),
    seen(
        3,
        "The way to Xero is passed on to somebody else",
        "test_before_leaving.test_the_address_of_a_trip_that_is_passed_on",
        outcome("other_browser"),
    ),
    seen(
        4,
        "A way back that is not allowed",
        "test_before_leaving.test_a_way_back_that_leads_elsewhere",
        page("the home page of the site", "Northside Builders Ltd"),
    ),
    seen(
        5,
        "A double click on Connect",
        "test_before_leaving.test_pressing_twice",
        outcome("connected_another"),
        outcome("connected_another"),
    ),
    seen(
        6,
        "Two tabs",
        "test_before_leaving.test_two_tabs",
        outcome("connected_another"),
        outcome("already_connected", organisation="this organisation"),
    ),
    seen(
        7,
        "The app may connect no more organisations",
        "test_before_leaving.test_the_limit_of_the_app",
        outcome("limit_reached"),
    ),
    never(
        8,
        "A pop-up is blocked",
        "Nothing opens a window: Connect is a form that leads to Xero in the same tab.",
    ),
    seen(
        9,
        "The site stands in a frame",
        "test_before_leaving.test_a_guide_in_a_frame",
        page(
            "pressed within the frame, from which the button leads out",
            "Within another page this cannot be done. Open the guide by itself.",
        ),
        outcome("connected_another"),
    ),
    seen(
        10,
        "No JavaScript",
        "test_before_leaving.test_a_browser_without_scripts",
        outcome("connected_another"),
    ),
)

AT_XERO = (
    seen(
        11,
        "Xero does not know the address to come back to",
        "test_at_xero.test_an_address_that_xero_does_not_know",
        outcome("saw_error_page"),
    ),
    seen(
        12,
        "Xero does not know a scope, or the app",
        "test_at_xero.test_a_scope_or_an_app_that_xero_does_not_know",
        outcome("saw_error_page"),
    ),
    seen(
        13,
        "Xero shows the page of the app's limit",
        "test_at_xero.test_the_page_of_the_limit",
        outcome("saw_limit"),
    ),
    seen(
        14,
        "The organisation has two uncertified apps",
        "test_at_xero.test_two_uncertified_apps",
        outcome("saw_two_apps"),
    ),
    seen(
        15,
        "The reader's role at Xero is too low",
        "test_at_xero.test_too_low_a_role",
        outcome("saw_no_permission"),
        page("and a way to ask", "Send the link"),
    ),
    seen(
        16,
        "Xero remembers another login",
        "test_at_xero.test_another_login_that_xero_remembered",
        outcome("saw_wrong_login"),
    ),
    seen(
        17,
        "Xero is down, or lets the reader not log in",
        "test_at_xero.test_no_way_in_at_xero",
        outcome("saw_outage"),
        outcome("saw_login_trouble"),
    ),
    seen(
        18,
        "The reader closes the tab",
        "test_at_xero.test_closing_the_tab",
        page(
            "the Connect card",
            "Your last try was not finished: Xero did not send you back.",
            "What did you see at Xero?",
        ),
        outcome("saw_nothing_wrong"),
    ),
    seen(19, "The reader declines", "test_at_xero.test_declining", outcome("declined")),
    seen(
        20,
        "Back from Xero with the button of the browser",
        "test_at_xero.test_going_back_from_xero",
        page(
            "the Connect card",
            "Xero is waiting for you with the next one. This page follows by itself.",
        ),
    ),
)

COMING_BACK = (
    seen(
        21,
        "A state that is missing or nobody's",
        "test_coming_back.test_a_state_that_is_nobodys",
        outcome("unknown_attempt"),
    ),
    seen(
        22,
        "Coming back too late",
        "test_coming_back.test_coming_back_too_late",
        outcome("attempt_expired"),
    ),
    seen(
        23,
        "The callback once more: reload, back",
        "test_coming_back.test_coming_back_twice",
        outcome("connected_another"),
    ),
    seen(
        24,
        "A browser or scanner fetches the callback ahead",
        "test_coming_back.test_a_way_back_that_is_fetched_ahead",
        outcome("connected_another"),
    ),
    seen(
        25,
        "The cookie is lost",
        "test_coming_back.test_a_lost_cookie",
        outcome("other_browser"),
    ),
    seen(
        26,
        "Somebody else has signed in meanwhile",
        "test_coming_back.test_somebody_else_has_signed_in",
        outcome("another_account", colleague="Amara Osei", present="Riley Reed"),
    ),
    seen(
        27,
        "Xero sends back an error",
        "test_coming_back.test_an_error_of_xeros",
        outcome("provider_unavailable"),
    ),
    seen(
        28,
        "The site is started anew meanwhile",
        "test_coming_back.test_a_site_that_is_started_anew",
        outcome("connected_another"),
    ),
)

EXCHANGE = (
    seen(
        29,
        "Xero does not answer the exchange",
        "test_exchange.test_xero_does_not_answer",
        outcome("provider_unavailable"),
    ),
    seen(
        30,
        "The code has run out or is used up",
        "test_exchange.test_a_code_that_is_used_up",
        outcome("code_refused"),
    ),
    seen(
        31,
        "Xero refuses the app",
        "test_exchange.test_xero_refuses_us",
        outcome("client_refused"),
        page(
            "the page of connections",
            "Nothing can be connected or reconnected at the moment: Xero refuses Acme Billing, not you. We have been told.",
        ),
    ),
    seen(
        32,
        "A clock that is off",
        "test_exchange.test_a_clock_that_is_off",
        outcome("connected_another"),
        outcome("clocks_apart"),
    ),
    seen(
        33,
        "No refresh token",
        "test_exchange.test_no_refresh_token",
        outcome("no_refresh_token"),
    ),
    seen(
        34,
        "Fewer scopes than asked for",
        "test_exchange.test_fewer_scopes",
        outcome("scope_missing"),
    ),
    seen(
        35,
        "The tokens cannot be stored",
        "test_exchange.test_tokens_that_cannot_be_stored",
        outcome("storage_failed"),
    ),
)

ORGANISATION = (
    seen(
        36,
        "Approved, and no organisation chosen",
        "test_organisation.test_no_organisation_was_chosen",
        outcome("no_organisation"),
    ),
    seen(
        37,
        "The list of organisations does not come",
        "test_organisation.test_no_list_of_organisations",
        outcome("organisations_unavailable"),
    ),
    seen(
        38,
        "Several organisations at once",
        "test_organisation.test_several_organisations",
        outcome("choose_organisation"),
        outcome("connected_another", organisation="Osei & Partners"),
    ),
    seen(
        39,
        "The event of the consent matches nothing",
        "test_organisation.test_an_event_that_matches_nothing",
        outcome("already_connected", organisation=HARBOUR),
    ),
    seen(
        40,
        "The wrong organisation is chosen",
        "test_organisation.test_the_wrong_organisation",
        outcome("selected", organisation="Osei & Partners"),
        outcome("selected", organisation=HARBOUR),
        outcome("disconnected", organisation="Osei & Partners"),
    ),
    seen(
        41,
        "Organisations of one name, a demo company, a practice",
        "test_organisation.test_organisations_that_look_alike",
        page(
            "the page on which to choose",
            "Xero’s id begins with",
            "Demo company",
            "An accountant’s practice: it has no books of its own",
        ),
    ),
    seen(
        42,
        "Another customer has the organisation",
        "test_organisation.test_what_another_customer_has",
        outcome("held_elsewhere", organisation=HARBOUR),
    ),
)

AFTERWARDS = (
    seen(
        43,
        "Several refresh at once",
        "test_afterwards.test_everybody_refreshes_at_once",
        outcome("checked", organisation=HARBOUR),
    ),
    seen(
        44,
        "The answer to a refresh is lost",
        "test_afterwards.test_the_answer_to_a_refresh_is_lost",
        outcome("checked", organisation=HARBOUR),
    ),
    seen(
        45,
        "Sixty days without a refresh",
        "test_afterwards.test_sixty_days_without_a_refresh",
        state("needs_reauth", "refresh_expired"),
        outcome("reconnected", organisation=HARBOUR),
    ),
    seen(
        46,
        "Access is taken away in Xero",
        "test_afterwards.test_access_is_taken_away_in_xero",
        outcome("revoked", organisation=HARBOUR),
        outcome("reconnected", organisation=HARBOUR),
    ),
    seen(
        47,
        "The organisation is removed, closed or reset, or the role in it lowered",
        "test_afterwards.test_an_organisation_is_gone",
        outcome("organisation_gone", organisation=HARBOUR),
    ),
    seen(
        48,
        "A permission is missing",
        "test_afterwards.test_a_permission_is_missing",
        outcome("scope_missing"),
        outcome("reconnected", organisation=HARBOUR),
    ),
    seen(
        49,
        "Xero is down or asks for patience",
        "test_afterwards.test_xero_is_down",
        outcome("provider_slow", organisation=HARBOUR),
        state("degraded"),
    ),
    seen(
        50,
        "One Xero login serves two customers, and one disconnects",
        "test_afterwards.test_one_login_serves_two_customers",
        outcome("disconnected", organisation=HARBOUR),
        outcome("checked"),
    ),
    seen(
        51,
        "Reconnecting with another organisation",
        "test_afterwards.test_reconnecting_with_another_organisation",
        outcome("wrong_organisation", actual="Northside Builders Ltd", expected=HARBOUR),
    ),
    seen(
        52,
        "Disconnecting while Xero is down",
        "test_afterwards.test_disconnecting_while_xero_is_down",
        outcome("disconnected"),
        state("disconnecting"),
    ),
    seen(
        53,
        "Our key is missing",
        "test_afterwards.test_a_key_that_is_not_there",
        state("needs_reauth", "key_unavailable"),
    ),
    never(
        54,
        "The vendor's own endpoint fails",
        "The site calls no endpoint of the vendor's, so there is none to fail.",
    ),
    seen(
        55,
        "A copied or restored database would spend the tokens of its original",
        "test_afterwards.test_a_copied_database_spends_no_token",
        state("paused", "at_rest"),
        outcome("at_rest"),
    ),
    seen(
        56,
        "Using what was disconnected",
        "test_afterwards.test_using_what_was_disconnected",
        page(
            "a page of its own",
            "This connection was disconnected, or it has stopped working.",
        ),
    ),
)

MODES = (*BEFORE_LEAVING, *AT_XERO, *COMING_BACK, *EXCHANGE, *ORGANISATION, *AFTERWARDS)
