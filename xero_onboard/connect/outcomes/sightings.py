"""What a reader may have seen at Xero when Xero did not send them back, and the words for each.

Xero's own error pages lead nowhere (https://developer.xero.com/documentation/guides/oauth2/troubleshooting/),
so only the reader can tell what was on them.
"""

from collections.abc import Mapping

from xero_onboard.connect.outcomes.entry import Entry
from xero_onboard.lib.languages import marked

# In the order in which they are offered: what happens most comes first.
SIGHTINGS: Mapping[str, str] = {
    "saw_nothing_wrong": marked("Nothing was wrong: I closed the page or stopped"),
    "saw_no_permission": marked(
        "My organisation was grey or missing, or I could not press Allow access"
    ),
    "saw_wrong_login": marked("Xero opened with a login that is not mine, or not the right one"),
    "saw_login_trouble": marked("I could not log in, or had no code from my phone"),
    "saw_limit": marked("“… needs to complete certification”, or a limit of connections"),
    "saw_two_apps": marked("My organisation is connected to two uncertified apps already"),
    "saw_error_page": marked(
        "“Sorry, something went wrong”, with an error such as redirect_uri, scope or client"
    ),
    "saw_outage": marked("The page did not load, or Xero said that it is not available"),
    "saw_something_else": marked("Something else"),
}

_AGAIN = marked("Press Connect to Xero again; Xero remembers how far you got.")

SEEN: Mapping[str, Entry] = {
    "saw_nothing_wrong": Entry(
        "info",
        "reader",
        marked("You stopped before Xero had finished"),
        marked("Nothing was connected, and nothing was changed."),
        _AGAIN,
        retry=True,
    ),
    "saw_no_permission": Entry(
        "problem",
        "administrator",
        marked("Your role in Xero does not let you connect"),
        marked(
            "Xero lets only users with the Standard or the Adviser role connect an organisation, and shows it in grey or not at all to everybody else."
        ),
        marked(
            "Ask the person who looks after your organisation in Xero to connect it for you, or to change your role."
        ),
    ),
    "saw_wrong_login": Entry(
        "problem",
        "reader",
        marked("Xero remembered another login"),
        marked("Xero opens with the login that this browser used last, and does not ask again."),
        marked(
            "Log out at Xero, or open a private window, then press Connect to Xero and use the right login."
        ),
        retry=True,
    ),
    "saw_login_trouble": Entry(
        "problem",
        "reader",
        marked("You could not log in at Xero"),
        marked("Only Xero can let you in: we never see your Xero password or your codes."),
        marked(
            "Reset your password at Xero, or use a backup method instead of your phone. Then press Connect to Xero again."
        ),
        retry=True,
    ),
    "saw_limit": Entry(
        "problem",
        "operator",
        marked("Xero says that {product_name} is full"),
        marked(
            "Xero lets {product_name} connect a limited number of organisations. It is not your fault, and connections you have already are not affected."
        ),
        marked(
            "We have been told. Write to {support_email} if you want to hear when there is room."
        ),
    ),
    "saw_two_apps": Entry(
        "problem",
        "administrator",
        marked("Your organisation has no room for another app"),
        marked(
            "Xero lets an organisation be connected to two apps that it has not certified, and yours has two already."
        ),
        marked(
            "In Xero, open Settings and Connected apps, and disconnect an app that is no longer used: that app loses its access at once. Then press Connect to Xero again."
        ),
        retry=True,
    ),
    "saw_error_page": Entry(
        "problem",
        "operator",
        marked("Xero refused {product_name}, not you"),
        marked(
            "A page like that means that something is wrong in our own set-up with Xero. It is not your fault, and nothing was changed."
        ),
        marked("We have been told. Write to {support_email} with the words you saw."),
    ),
    "saw_outage": Entry(
        "problem",
        "wait",
        marked("Xero was not there"),
        marked("A page that does not load is no fault of yours, and nothing was changed."),
        marked(
            "Look at Xero's status page, status.xero.com, and press Connect to Xero again when Xero is back."
        ),
        retry=True,
    ),
    "saw_something_else": Entry(
        "problem",
        "reader",
        marked("Let us look at it together"),
        marked("Nothing was connected, and nothing was changed."),
        marked(
            "Press Connect to Xero once more. If you see the same again, write to {support_email} with the words you saw."
        ),
        retry=True,
    ),
}
