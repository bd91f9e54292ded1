"""Where a page leads on to at its foot: what its author named, or else its neighbours in the section."""

from collections.abc import Callable
from dataclasses import replace

from xero_onboard.content.page_links import Named
from xero_onboard.content.translations import ArticleCard, SectionCard

# An article as this reader sees it in this language, if they do.
LookUp = Callable[[int], ArticleCard | None]


def beside(card: ArticleCard, shelf: SectionCard) -> tuple[ArticleCard | None, ArticleCard | None]:
    """The articles before and after this one in its section; of one that is in no list there are none."""
    cards = shelf.articles
    number = next((number for number, each in enumerate(cards) if each.id == card.id), None)
    if number is None:
        return None, None
    return (cards[number - 1] if number else None), next(iter(cards[number + 1 :]), None)


def chosen(
    numbers: tuple[int, ...] | None, own: ArticleCard, look_up: LookUp
) -> tuple[ArticleCard, ...] | None:
    """The guides named as related that the reader of this one sees, in that order; None where none was named."""
    if numbers is None:
        return None
    cards = {card.id: card for card in map(look_up, numbers) if card and card.id != own.id}
    return tuple(cards.values())


def turn(named: Named | None, neighbour: ArticleCard | None, look_up: LookUp) -> ArticleCard | None:
    """What the page leads on to; nothing where its reader does not see what was named."""
    if named is None:
        return neighbour
    if not named.article_id:
        href, title = named.href, named.title
        return ArticleCard(0, title, "", href, is_promoted=False) if href else None
    found = look_up(named.article_id)
    return replace(found, title=named.title, foreign="") if found and named.title else found
