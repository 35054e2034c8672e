"""Who may see and do what: one place to ask, `policy.may_…`. Of goals in `goals`, of people, reviews and units in `people`."""

from goalsite.policy.goals import *  # noqa: F403
from goalsite.policy.people import *  # noqa: F403
