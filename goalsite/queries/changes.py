"""Changes that somebody proposed and nobody has decided yet."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from goalsite.extensions import db
from goalsite.models_follow import Proposal


def proposal_by_id(proposal_id: int) -> Proposal | None:
    """The proposal with who made it; None where there is none."""
    options = (joinedload(Proposal.by), joinedload(Proposal.measure))
    return db.session.scalar(select(Proposal).where(Proposal.id == proposal_id).options(*options))
