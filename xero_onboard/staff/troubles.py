"""Guides that readers have trouble with: those found unhelpful this week, and those that open requests are about."""

from collections.abc import Mapping
from dataclasses import dataclass

from xero_onboard.feedback import requests
from xero_onboard.staff import opinions
from xero_onboard.staff.opinions import Week


@dataclass(frozen=True)
class Troubles:
    """By the number of a guide: this week against the last, and how many requests are open."""

    unhelpful: Mapping[int, Week]
    requests: Mapping[int, int]

    def among(self, *, is_unhelpful: bool, has_requests: bool) -> frozenset[int] | None:
        """The guides of which all that is asked for holds; None when nothing is."""
        asked = [
            *([self.unhelpful.keys()] if is_unhelpful else []),
            *([self.requests.keys()] if has_requests else []),
        ]
        return frozenset.intersection(*map(frozenset, asked)) if asked else None


def found() -> Troubles:
    """As they are now."""
    weeks = {week.article_id: week for week in opinions.unhelpful_this_week()}
    return Troubles(weeks, requests.open_by_guide())
