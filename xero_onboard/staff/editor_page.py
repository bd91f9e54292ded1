"""Everything that the editor's page shows beside the text itself."""

from typing import Any

from xero_onboard.accounts import people
from xero_onboard.content import checking
from xero_onboard.content.drafts import Writing
from xero_onboard.content.grammar import PROVIDERS
from xero_onboard.content.inserting import INSERTS
from xero_onboard.content.manuscript import Manuscript
from xero_onboard.staff import approvals, manuscripts, viewing


def values_for(writing: Writing, text: Manuscript) -> dict[str, Any]:
    """What the template asks for, with nothing typed elsewhere and nobody else's change in between."""
    return {
        **approvals.standing_of(writing),
        "writing": writing,
        "text": text,
        "findings": checking.check(writing.place.id, text),
        "author": people.names_of({writing.author_id}) if writing.author_id else {},
        "significances": manuscripts.SIGNIFICANCES,
        "providers": PROVIDERS,
        "views": viewing.choices(),
        "inserts": INSERTS,
        "unsaved": None,
        "overtaken": None,
        "changes": (),
    }
