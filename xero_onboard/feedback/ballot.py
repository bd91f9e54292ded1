"""One vote for each voter and article: cast, changed, withdrawn, counted."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import case, delete, exists, func, select, update

from xero_onboard.feedback.models import EarlierVotes, Remark, Vote
from xero_onboard.feedback.whereabouts import Whereabouts
from xero_onboard.lib import limits
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db, insert_into, new_id
from xero_onboard.lib.limits import Limit

Value = Literal["up", "down"]

# Of strangers, for each guide: an office behind one address has its say, and nobody with many browsers decides what
# others are told. Whoever has signed in is counted as a person, and not here.
STRANGERS_OF_NETWORK = Limit("votes: network and guide", 30, timedelta(days=1))

_NUMBER_OF: dict[Value, int] = {"up": 1, "down": -1}
_VALUE_OF: dict[int, Value] = {number: value for value, number in _NUMBER_OF.items()}


@dataclass(frozen=True)
class VoteState:
    """How many voters found an article helpful, out of how many, and what this voter said."""

    helpful: int
    total: int
    mine: Value | None = None
    # Whether they have said why as well.
    is_explained: bool = False

    def is_told_from(self, least: int) -> bool:
        """Whether there are as many as readers are told of; fewer say little, and may say who they are."""
        return self.total >= least


def admit_stranger(article_id: int, voter: str | None, network: str) -> None:
    """Count one more stranger of this network; who has answered already may change their mind. Raises TooMany."""
    own = exists().where(Vote.article_id == article_id, Vote.voter == voter)
    if voter is None or not db.session.scalar(select(own)):
        limits.count(STRANGERS_OF_NETWORK, f"{network}|{article_id}")


def cast(article_id: int, voter: str, value: Value, where: Whereabouts) -> None:
    """Count this voter once for the article, with their latest word."""
    moment, number = now(), _NUMBER_OF[value]
    statement = insert_into(Vote).values(
        id=new_id(),
        article_id=article_id,
        voter=voter,
        value=number,
        created_at=moment,
        updated_at=moment,
        **asdict(where),
    )
    changes = {"value": number, "updated_at": moment, **asdict(where)}
    _forget_reason(article_id, voter, unless=number)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["article_id", "voter"], set_=changes)
    )


def withdraw(article_id: int, voter: str) -> None:
    """Forget what this voter said of the article."""
    db.session.execute(delete(Vote).where(Vote.article_id == article_id, Vote.voter == voter))


def count(article_id: int, voter: str | None) -> VoteState:
    """The result so far."""
    query = select(
        func.count(),
        func.coalesce(func.sum(case((Vote.value == 1, 1), else_=0)), 0),
        func.max(case((Vote.voter == voter, Vote.value))),
    ).where(Vote.article_id == article_id)
    total, helpful, mine = db.session.execute(query).one()
    earlier = db.session.get(EarlierVotes, article_id)
    if earlier:
        helpful, total = helpful + earlier.helpful, total + earlier.total
    if not mine:
        return VoteState(helpful, total)
    explained = select(Remark.id).join(Vote, Vote.id == Remark.vote_id)
    reason = explained.where(Vote.article_id == article_id, Vote.voter == voter)
    is_explained = db.session.scalar(reason) is not None
    return VoteState(helpful, total, _VALUE_OF[mine], is_explained)


def counts(article_ids: Collection[int] | None) -> Mapping[int, VoteState]:
    """The results so far of these articles, or of all, as everybody sees them; one without votes is left out."""
    helpful = func.sum(case((Vote.value == 1, 1), else_=0))
    cast_here = select(Vote.article_id, helpful, func.count()).group_by(Vote.article_id)
    earlier = select(EarlierVotes.article_id, EarlierVotes.helpful, EarlierVotes.total)
    found: dict[int, VoteState] = {}
    for query, column in ((cast_here, Vote.article_id), (earlier, EarlierVotes.article_id)):
        within = query if article_ids is None else query.where(column.in_(article_ids))
        for article_id, yes, total in db.session.execute(within):
            known = found.get(article_id, VoteState(0, 0))
            found[article_id] = VoteState(known.helpful + yes, known.total + total)
    return found


def take_over(article_id: int, helpful: int, total: int) -> bool:
    """Go on counting from what readers said of this article where it was before; False where that was done before."""
    values = {"article_id": article_id, "helpful": helpful, "total": total}
    statement = insert_into(EarlierVotes).values(**values)
    once = statement.on_conflict_do_nothing(index_elements=["article_id"])
    return db.session.execute(once.returning(EarlierVotes.article_id)).one_or_none() is not None


def taken_over(article_id: int) -> tuple[int, int] | None:
    """What readers said of it elsewhere: helpful, out of how many."""
    earlier = db.session.get(EarlierVotes, article_id)
    return (earlier.helpful, earlier.total) if earlier else None


def carry_over(from_voter: str, to_voter: str) -> None:
    """Give an anonymous browser's votes to the person it turned out to be, whose own votes stand."""
    own = select(Vote.article_id).where(Vote.voter == to_voter).scalar_subquery()
    db.session.execute(
        update(Remark)
        .where(Remark.voter == from_voter)
        .values(voter=to_voter)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(Vote)
        .where(Vote.voter == from_voter, Vote.article_id.not_in(own))
        .values(voter=to_voter)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(delete(Vote).where(Vote.voter == from_voter))


def _forget_reason(article_id: int, voter: str, unless: int) -> None:
    """Whoever changes their mind has not said why yet."""
    changed = select(Vote.id).where(
        Vote.article_id == article_id, Vote.voter == voter, Vote.value != unless
    )
    db.session.execute(
        delete(Remark)
        .where(Remark.vote_id.in_(changed))
        .execution_options(synchronize_session=False)
    )
