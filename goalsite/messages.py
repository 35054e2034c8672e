"""The words for what the rules refuse, by code. Each says what is wrong and what would be right."""

from flask_babel import lazy_gettext as _l

from goalsite import messages_files
from goalsite.domain.errors import RuleError

MESSAGES = {
    **messages_files.MESSAGES,
    "address_day": _l("“%(text)s” cannot be read as a day. Write it like 20/10/2026 or 2026-10-20."),
    "address_day_ahead": _l("%(day)s is still to come."),
    "address_day_old": _l("%(day)s is too long ago: records begin on %(oldest)s at the earliest."),
    "address_day_nowhere": _l("This page does not go back to a past day."),
    "address_cycle": _l("There is no cycle “%(text)s”."),
    "address_period": _l(
        "“%(text)s” cannot be read as a month, quarter or week. Write it like 2026-10, 2026-Q4 or 2026-W40."
    ),
    "address_period_nowhere": _l("Only people's results are worked out for a month, quarter or week."),
    "target_missing": _l("A target is needed."),
    "target_not_above_start": _l(
        "An increase needs a target above its start. Start is %(start)s and target is %(target)s: change one of the two, or the direction."
    ),
    "target_not_below_start": _l(
        "A decrease needs a target below its start. Start is %(start)s and target is %(target)s: change one of the two, or the direction."
    ),
    "number_unreadable": _l("“%(text)s” is not a number. Write it like %(example)s."),
    "number_other_style": _l("“%(text)s” can be read in two ways here. If %(right)s is meant, write it so."),
    "number_too_large": _l("Numbers go up to %(largest)s."),
    "number_decimals": _l("“%(text)s” has too many decimals: %(decimals)s at most."),
    "password_short": _l(
        "A password needs at least %(least)s characters. Several words in a row are easy to remember."
    ),
    "password_long": _l("A password has at most %(most)s characters."),
    "password_common": _l("This password is one of those tried first. Choose another, such as several words in a row."),
    "password_is_name": _l("A password must not be your own name or e-mail address."),
    "password_wrong": _l("This is not your present password."),
    "sign_in_refused": _l(
        "E-mail address and password do not match, or the account is not open. Check both and try again."
    ),
    "sign_in_throttled": _l("Too many attempts. Wait five minutes, then try again."),
    "past_too_large": _l(
        "For this day more than %(most)s goals would have to be worked out anew, which is for HR alone. You can look back on one goal, on a "
        "person's page, or with a report of a smaller unit."
    ),
    "report_too_large": _l(
        "For this file more than %(most)s people or goals would have to be worked out anew, which is for HR alone. Choose a smaller unit on the page "
        "of the report, or ask HR for the file."
    ),
    "site_taken": _l("This site has been set up already. Sign in instead."),
    "link_gone": _l("This link has been used already or is too old. Ask whoever sent it for a new one."),
    "email_unreadable": _l("“%(text)s” is not an e-mail address. Write it like an.nguyen@company.vn."),
    "dates_reversed": _l("The last day, %(last)s, comes before the first, %(first)s. Change one of the two."),
    "span_outside": _l("%(day)s lies outside %(what)s, which goes from %(first)s to %(last)s. Choose a day within."),
    "unit_loop": _l("These units lie in a circle: %(chain)s. Put one of them below another unit."),
    "unit_without_parent": _l(
        "Only the company stands at the top. Name the unit above this one, or make its kind company."
    ),
    "unit_company_below": _l(
        "The company stands at the top, and this unit is below %(parent)s. Make it a department or a team, or empty its parent."
    ),
    "unit_second_company": _l("There is one company, and it is %(other)s. Make this one a department below it."),
    "manager_self": _l("Nobody is their own manager. Name somebody else, or leave the cell empty."),
    "manager_loop": _l("These people manage each other in a circle: %(chain)s. Name another manager for one of them."),
    "pick_unknown": _l("There is no “%(text)s” here. Type a part of the name, and pick one of those offered."),
    "pick_unknown_close": _l("There is no “%(text)s” here. Is one of these meant: %(labels)s?"),
    "pick_several": _l("Several are called “%(text)s”. Say which: %(labels)s."),
    "email_taken": _l(
        "%(name)s has this e-mail address already. Upper and lower case make no difference; choose another, or open their page."
    ),
    "own_manager": _l(
        "Nobody is their own manager. Name somebody else, or leave it empty: the head of the unit is meant then."
    ),
    "last_admin": _l("This is the only administrator who can sign in. Make somebody else administrator first."),
    "admin_only": _l("Only an administrator changes this of an administrator, and who has which role."),
    "disable_self": _l("You cannot close your own account. Ask another administrator."),
    "account_closed": _l("This account is closed, or its last day is past. Open it again first."),
    "seen_replaced": _l("It was corrected meanwhile. The new one waits in its place."),
    "seen_not_yours": _l("Only the managers of its owner mark it as seen, while its cycle is not closed."),
    "unit_archive_root": _l("The company itself cannot be archived."),
    "unit_archive_below": _l("Units below it are still in use: %(names)s. Archive or move them first."),
    "unit_archive_people": _l(
        "It is still the unit of people who work here: %(count)s. Move them to another unit first."
    ),
    "unit_parent_archived": _l("%(name)s is archived. Choose a unit that is in use."),
    "unit_not_yours": _l("You may place teams only below the units you head."),
    "member_not_yours": _l(
        "You may place only people of the units you head, and not yourself. Leave out: %(names)s; or ask HR."
    ),
    "list_too_large": _l(
        "This list is too large for the screen. Split it, or load it with the command `flask --app wsgi load`."
    ),
    "cycle_loop": _l("These cycles lie in a circle: %(chain)s. Empty the parent of one of them."),
    "cycle_closed": _l(
        "The cycle %(cycle)s is closed: nothing in it changes. Put this row back as it was, or have HR reopen the cycle."
    ),
    "mid_review_outside": _l(
        "The mid-cycle review on %(day)s lies outside the cycle, which goes from %(first)s to %(last)s. Choose a day within."
    ),
    "deadline_before_cycle": _l("%(day)s comes before the cycle begins on %(first)s. Choose a later day."),
    "review_before_evaluation": _l(
        "Reviews are signed after the evaluations, which are due by %(evaluate_by)s. Choose a day after that."
    ),
    "code_taken": _l("The code “%(taken)s” is taken. Choose another."),
    "code_unreadable": _l(
        "A code has letters, digits, dots, hyphens and underscores, without spaces, such as 2026-Q1."
    ),
    "cycle_holds_goals": _l(
        "Active goals would lie outside these days: %(count)s, such as “%(title)s” (%(first)s to %(last)s). Choose days that hold them."
    ),
    "cycle_holds_cycles": _l(
        "%(name)s lies in this cycle from %(first)s to %(last)s, and would be outside. Choose days that hold it."
    ),
    "cycle_appeals": _l("Appeals still open: %(count)s. Decide them first; the cycle cannot close before."),
    "move_not_possible": _l(
        "That is not possible any more: somebody was quicker, or it was done already. Look at the page again."
    ),
    "cycle_pattern_taken": _l(
        "“%(taken)s” exists already with other days (%(first)s to %(last)s). Rename it, or choose another year or pattern."
    ),
    "metric_code_unreadable": _l("A code has no spaces, no “;” and no “/”, such as returning_customers."),
    "metric_fixed": _l(
        "There are check-ins of this metric, so direction, several check-ins, symbol and decimals stay. Make a new metric."
    ),
    "metric_formula_closed": _l(
        "This formula gives the progress of goals in closed cycles, where nothing changes. Make a new metric."
    ),
    "metric_breaks_goals": _l(
        "With this, “%(title)s” would make no sense: look at its start and target first, or make a new metric."
    ),
    "copy_not_possible": _l("No goals are written in %(name)s any more. Choose a cycle that is being planned or open."),
    "copy_nothing": _l("No goal is chosen. Tick those that go on."),
    "copy_too_many": _l(
        "That is %(count)s goals; %(most)s can be copied at once. Search for some of them, and copy in several steps."
    ),
    "copy_code_taken": _l(
        "“%(title)s” cannot be copied: the code “%(taken)s” is another goal's. Change that code first."
    ),
    "give_nothing": _l("Nobody would get anything. Tick at least one person who lacks it."),
    "give_too_many": _l("That is %(count)s goals; %(most)s can be given at once. Choose fewer people, such as a unit."),
    "receive_nothing": _l("Nothing waits to be received. Look at the page again."),
    "too_many_holidays": _l("That is too many: %(most)s days at most."),
    "workdays_missing": _l("Tick one working day at least."),
    "thresholds_descend": _l("“At risk” begins below “on track”. Change one of the two."),
    "bands_descend": _l("Each rating begins below the one above it, here below %(above)s."),
    "setting_unknown": _l("There is no setting “%(key)s”. The settings are: %(known)s."),
    "setting_wrong": _l("“%(value)s” cannot be the setting %(key)s. Write it like %(example)s."),
    "thresholds_not_descending": _l("on_track has to be above at_risk, and at_risk above 0. Change one of the two."),
    "formula_missing": _l(
        "The progress is to come from a formula. Write the formula, or let its answer be only a number to look at."
    ),
    "formula_unreadable": _l("This formula cannot be read. Write it like (value-start)*100/(target-start)."),
    "formula_too_long": _l("A formula has at most %(longest)s characters."),
    "formula_name": _l("A formula knows value, target and start, but not “%(name)s”."),
    "formula_not_allowed": _l(
        "A formula may use + - * / comparisons, min, max, abs and “a if b else c”, nothing else."
    ),
    "alignment_loop": _l("These goals support each other in a circle: %(chain)s. Take one of the links away."),
    "evaluator_is_owner": _l("Nobody evaluates their own goal. Name another evaluator, or leave the cell empty."),
    "kpi_progress_from": _l("A KPI takes its progress from its own indicator. Write measures."),
    "kpi_needs_one_measure": _l(
        "An active KPI has exactly one indicator, and this one has %(count)s. Leave it exactly one, or let it be a draft."
    ),
    "okr_needs_measures": _l("An active OKR has at least one key result. Add one, or let it be a draft."),
    "okr_too_many_measures": _l(
        "An active OKR has at most %(most)s key results, and this one has %(count)s. Take some away, or let it be a draft."
    ),
    "weights_not_100": _l(
        "In this cycle the weights of a person's goals of one kind come to 100; those of %(owner)s come to %(total)s."
    ),
    "measure_against_metric": _l(
        "“%(text)s” is not what the metric %(metric)s says (%(own)s). Leave the cell empty, or name no metric."
    ),
    "measure_has_checkins": _l(
        "Once there are check-ins this stays as it is. Put it back, or end this measure and add a new one."
    ),
    "fed_indicator": _l("Only a key result can be fed by a KPI. Leave the cell empty."),
    "fed_by_no_kpi": _l("“%(name)s” is an OKR. Name a KPI."),
    "fed_by_other_metric": _l(
        "A key result has the same metric as the KPI that feeds it; here they are %(one)s and %(other)s."
    ),
    "fed_by_fed": _l("“%(name)s” is itself fed. Name the KPI that feeds it."),
    "feeds_others": _l("Key results are fed by this KPI: it stays a KPI, with their metric."),
    "action_twice": _l("There is such an action in this plan already. Word it otherwise."),
    "steps_not_here": _l("Steps belong to a measure whose direction is steps; this one's is %(direction)s."),
    "checkins_would_lie_outside": _l(
        "There are check-ins from %(first)s to %(last)s, which would lie outside. Choose days that hold them."
    ),
    "target_per_needs_sum": _l("Only a sum has a target per period. Write span."),
    "ceiling_not_positive": _l(
        "A decrease without a start needs a target above 0. Change the target, or give a start."
    ),
    "start_missing": _l("A key result that decreases needs a start."),
    "decreasing_sum_with_start": _l("A decreasing sum has no start. Leave it empty, or choose another aggregate."),
    "bounds_missing": _l("A measure to be kept within bounds needs a low one, a high one, or both."),
    "bounds_reversed": _l("The low bound, %(low)s, is above the high one, %(high)s. Change one of the two."),
    "steps_missing": _l("A measure in steps needs its steps. Add them."),
    "weight_not_positive": _l("The weight must be above 0."),
    "typed_too_long": _l("Not kept: this is too long. Save it, or make it shorter."),
    "period_targets_not_here": _l("This measure has no targets by period. Remove them."),
    "period_unknown": _l("No period of this measure begins on %(day)s. Write the first day of one."),
    "period_targets_sum": _l(
        "The targets of the periods come to %(sum)s, and the total is %(total)s. Change one of them, or the total."
    ),
    "period_targets_end": _l("The last period's target is %(last)s, and the target is %(total)s. Make them the same."),
    "checkin_not_yet": _l("%(day)s has not come yet; today is %(today)s."),
    "checkin_in_future": _l(
        "%(on)s comes after the day on which this was entered, %(entered)s. Change one of the two."
    ),
    "checkin_outside_span": _l("%(on)s lies outside the measure's days, %(first)s to %(last)s."),
    "checkin_fed": _l("This key result is fed by a KPI and takes no check-ins. Check in on the KPI."),
    "checkin_step_unknown": _l("“%(step)s” is not a step of this measure. Its steps are: %(known)s."),
    "checkin_step_not_here": _l("This measure has no steps. Leave the cell empty."),
    "checkin_not_one_or_nothing": _l("Write 1 for done, or 0 for not done."),
    "checkin_ratio_in_two": _l("A ratio is given as numerator and denominator. Leave the value empty."),
    "checkin_value_missing": _l("A value is needed."),
    "checkin_denominator": _l("The denominator must be above 0."),
    "checkin_not_a_ratio": _l("This measure is no ratio. Give the value, and leave numerator and denominator empty."),
    "meeting_in_future": _l("A meeting that is still to come has nothing noted yet. Give the day it was held."),
    "hand_over_day": _l("What is still to come cannot be handed over. Give a day up to today, %(today)s."),
    "hand_over_nothing": _l("Nothing is ticked that could be handed over."),
    "hand_over_whom": _l("Say who takes over."),
    "hand_over_to_self": _l("“%(title)s” is theirs already. Name somebody else."),
    "hand_over_to_left": _l("%(name)s is not here. Name somebody else."),
    "hand_over_checkins": _l(
        "“%(title)s” has a check-in of %(last)s, after that day. Give that day or a later one, or leave the goal out."
    ),
    "score_missing": _l("A score is needed, such as 80 %%."),
    "score_too_low": _l("A score is at least 0 %%."),
    "score_above": _l("The score is at most %(most)s %% here."),
    "decide_changed": _l("It has changed since you looked. Look at it again, then decide."),
    "decide_not_yours": _l("It is not yours to decide now."),
    "decide_no_return": _l("A review is not returned. Sign it, or open it and talk about it first."),
    "words_needed": _l("The score is not what the numbers say: say in words why."),
    "score_too_high": _l("The score is at most %(most)s here."),
    "evaluator_gone": _l("%(name)s has left, or their account is closed. Name somebody who is here."),
    "evaluator_same": _l("%(name)s decides on it already. Name somebody else."),
    "evaluation_of_own": _l("Nobody evaluates their own goal. Name the evaluator."),
    "adjustment_too_large": _l("An adjustment is at most %(most)s, up or down."),
    "adjustment_missing": _l("Say how many percentage points, for example 2,5 or -3. Nothing at all is 0."),
    "reason_missing": _l("A reason is needed."),
}


def say(error: RuleError) -> str:
    """The error in the reader's language."""
    from goalsite.formats import plain

    return str(MESSAGES[error.code]) % {name: plain(term) for name, term in error.terms.items()}
