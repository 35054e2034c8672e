"""The fixed words of the model: one list for the tables' checks, the forms' choices and the workbook's values. The first is the default."""

UNIT_KINDS = ("company", "department", "team")
ROLES = ("hr", "admin")
CYCLE_STATES = ("planning", "open", "reviewing", "closed")
RHYTHMS = ("week", "two_weeks", "month")
WEEKDAYS = ("friday", "monday", "tuesday", "wednesday", "thursday", "saturday", "sunday")
DIRECTIONS = ("increase", "decrease", "keep", "done", "steps")
AGGREGATES = ("last", "sum", "average", "ratio")
FREQUENCIES = ("", "day", "week", "month", "quarter")
TARGET_PERS = ("span", "period")
GOAL_KINDS = ("okr", "kpi")
SCOPES = ("person", "unit")
AMBITIONS = ("committed", "aspirational")
SEARCHED = ("goal", "measure", "person", "unit")
GOAL_STATES = ("draft", "suggested", "proposed", "active", "closed", "cancelled", "returned")
# What notifications are about, as one switches them off, with the kinds of each.
TOPICS = {
    "remind": ("remind",),
    "mention": ("mention",),
    "comment": ("comment", "follow"),
    "acknowledged": ("acknowledged",),
    "blocker": ("blocker",),
    "goal": tuple(
        f"goal_{act}" for act in "accepted activated approved proposed returned suggested handed_over handed_on".split()
    ),
    "changed": ("changed", "goal_cancelled", "off_track"),
    "on_behalf": ("on_behalf",),
    "change": ("change_proposed", "change_applied", "change_returned"),
    "action": ("action",),
    "evaluation": ("submitted", "approved", "returned", "reopened", "evaluator_named", "evaluator_changed"),
    "review": tuple(
        f"review_{act}"
        for act in "discuss adjust sign_as_manager sign_as_person appeal note_refusal uphold reopen void".split()
    ),
}
COUNTED_STATES = ("active", "closed")
# Those that a goal has while it is being written, and while it is also its creator's concern.
WRITTEN_STATES = ("draft", "returned")
WITH_CREATOR = ("suggested", "returned")
VISIBILITIES = ("public", "internal", "restricted")
PROGRESS_FROM = ("measures", "supporting", "both")
EVALUATED_BY = ("progress", "manager")
FORMULA_IS = ("", "progress")
CONFIDENCES = ("on_track", "at_risk", "off_track")
EVALUATION_STEPS = ("submitted", "approved", "returned", "reopened")
STATUSES = ("not_started", "done", "on_track", "at_risk", "behind")
RATINGS = ("excellent", "good", "fair", "average", "poor")
REVIEW_STATES = ("preparation", "discussed", "manager_signed", "person_signed", "appealed", "closed")
BLOCKER_KINDS = ("resource", "dependency", "clarity", "priority", "external")
LOCALES = ("vi", "en")
