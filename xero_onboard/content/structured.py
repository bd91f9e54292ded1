"""What search engines are told of an article, as JSON-LD."""

import json
from typing import Any

from markupsafe import Markup  # noqa: TID251
from sqlalchemy.engine import Row

from xero_onboard.lib import brand
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.web import settings, trust_html

# Inside a script element only these could end it or begin a comment.
# https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
_UNSAFE = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def structured_article(found: Row[Any], url: str, origin: str, section: tuple[str, str]) -> Markup:
    """TechArticle and BreadcrumbList of an article, safe inside a script element."""
    article = {
        "@type": "TechArticle",
        "headline": found.title,
        "description": found.description,
        "url": url,
        "dateModified": found.edited_on.isoformat(),
        "keywords": found.keywords,
        "publisher": _publisher(origin),
    }
    trail = [
        (_("Help centre"), origin + "/"),
        (section[0], origin + section[1]),
        (found.title, url),
    ]
    crumbs = {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": address}
            for position, (name, address) in enumerate(trail, 1)
        ],
    }
    text = json.dumps(
        {"@context": "https://schema.org", "@graph": [article, crumbs]}, ensure_ascii=False
    )
    return trust_html(text.translate(_UNSAFE))


def _publisher(origin: str) -> dict[str, str]:
    """Whose guides these are, with their logo where they have given us one."""
    logo = brand.worn().logo
    about = {"@type": "Organization", "name": settings().product_name, "url": origin}
    return {**about, "logo": f"{origin}{logo.href}"} if logo else about
