"""Every table. PostgreSQL gets the circular foreign keys (`use_alter`) in 0002."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "cycles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("checkin_every", sa.String(length=20), nullable=False),
        sa.Column("checkin_weekday", sa.String(length=20), nullable=False),
        sa.Column("kpi_share", sa.BigInteger(), nullable=False),
        sa.Column("kpi_cap", sa.BigInteger(), nullable=False),
        sa.Column("aspirational_full", sa.BigInteger(), nullable=False),
        sa.Column("head_counts_unit", sa.Boolean(), nullable=False),
        sa.Column("goals_need_approval", sa.Boolean(), nullable=False),
        sa.Column("weights_to_100", sa.Boolean(), nullable=False),
        sa.Column("mid_review_on", sa.Date(), nullable=True),
        sa.Column("evaluate_by", sa.Date(), nullable=True),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("checkin_every IN ('week', 'two_weeks', 'month')", name=op.f("ck_cycles_checkin_every")),
        sa.CheckConstraint(
            "checkin_weekday IN ('friday', 'monday', 'tuesday', 'wednesday', 'thursday', 'saturday', 'sunday')",
            name=op.f("ck_cycles_checkin_weekday"),
        ),
        sa.CheckConstraint("state IN ('planning', 'open', 'reviewing', 'closed')", name=op.f("ck_cycles_state")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_cycles_dates")),
        sa.ForeignKeyConstraint(["parent_id"], ["cycles.id"], name=op.f("fk_cycles_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycles")),
        sa.UniqueConstraint("code", name=op.f("uq_cycles_code")),
    )
    with op.batch_alter_table("cycles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cycles_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cycles_starts_on"), ["starts_on"], unique=False)

    op.create_table(
        "metrics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column("direction", sa.String(length=20), nullable=False),
        sa.Column("aggregate", sa.String(length=20), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("how_measured", sa.String(), nullable=False),
        sa.Column("formula", sa.String(length=500), nullable=False),
        sa.Column("formula_is", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("aggregate IN ('last', 'sum', 'average', 'ratio')", name=op.f("ck_metrics_aggregate")),
        sa.CheckConstraint(
            "direction IN ('increase', 'decrease', 'keep', 'done', 'steps')", name=op.f("ck_metrics_direction")
        ),
        sa.CheckConstraint("formula_is IN ('', 'progress')", name=op.f("ck_metrics_formula_is")),
        sa.CheckConstraint("decimals BETWEEN 0 AND 4", name=op.f("ck_metrics_decimals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metrics")),
        sa.UniqueConstraint("code", name=op.f("uq_metrics_code")),
    )
    op.create_table(
        "settings",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_settings")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email_key", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
    )
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_failures_address_at", ["address", "at"], unique=False)
        batch_op.create_index("ix_sign_in_failures_email_key_at", ["email_key", "at"], unique=False)

    op.create_table(
        "units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("sort_key", sa.String(length=600), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("head_id", sa.Integer(), nullable=True),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("supervisors_edit_goals", sa.Boolean(), nullable=False),
        sa.Column("owners_edit_goals", sa.Boolean(), nullable=False),
        sa.Column("owners_edit_measures", sa.Boolean(), nullable=False),
        sa.Column("okr_visibility", sa.String(length=20), nullable=False),
        sa.Column("kpi_visibility", sa.String(length=20), nullable=False),
        sa.Column("evaluation_visibility", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "evaluation_visibility IN ('public', 'internal', 'restricted')", name=op.f("ck_units_evaluation_visibility")
        ),
        sa.CheckConstraint("kind IN ('company', 'department', 'team')", name=op.f("ck_units_kind")),
        sa.CheckConstraint(
            "kpi_visibility IN ('public', 'internal', 'restricted')", name=op.f("ck_units_kpi_visibility")
        ),
        sa.CheckConstraint(
            "okr_visibility IN ('public', 'internal', 'restricted')", name=op.f("ck_units_okr_visibility")
        ),
        sa.ForeignKeyConstraint(["head_id"], ["people.id"], name=op.f("fk_units_head_id"), use_alter=True),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_units_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("code", name=op.f("uq_units_code")),
    )
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_units_head_id"), ["head_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_units_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "kpi_set_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position", sa.String(length=300), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=True),
        sa.Column("target_per", sa.String(length=20), nullable=False),
        sa.Column("frequency", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "frequency IN ('', 'day', 'week', 'month', 'quarter')", name=op.f("ck_kpi_set_items_frequency")
        ),
        sa.CheckConstraint("target_per IN ('span', 'period')", name=op.f("ck_kpi_set_items_target_per")),
        sa.CheckConstraint("weight > 0", name=op.f("ck_kpi_set_items_weight")),
        sa.ForeignKeyConstraint(["metric_id"], ["metrics.id"], name=op.f("fk_kpi_set_items_metric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_set_items")),
        sa.UniqueConstraint("position", "metric_id", name=op.f("uq_kpi_set_items_position_metric_id")),
    )
    with op.batch_alter_table("kpi_set_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kpi_set_items_metric_id"), ["metric_id"], unique=False)

    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_notes_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sa.UniqueConstraint("unit_id", "held_on", name=op.f("uq_notes_unit_id_held_on")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=300), nullable=False),
        sa.Column("email_key", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("sort_key", sa.String(length=600), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("position", sa.String(length=300), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("manager_id", sa.Integer(), nullable=True),
        sa.Column("boss_id", sa.Integer(), nullable=True),
        sa.Column("is_hr", sa.Boolean(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("theme", sa.String(length=5), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("password_hash", sa.String(length=300), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["boss_id"], ["people.id"], name=op.f("fk_people_boss_id")),
        sa.ForeignKeyConstraint(["manager_id"], ["people.id"], name=op.f("fk_people_manager_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_people_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email_key", name=op.f("uq_people_email_key")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_boss_id"), ["boss_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_manager_id"), ["manager_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_position"), ["position"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_sort_key"), ["sort_key"], unique=False)
        batch_op.create_index("ix_people_unit_id_sort_key", ["unit_id", "sort_key"], unique=False)

    op.create_table(
        "unit_ancestors",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("ancestor_id", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ancestor_id"], ["units.id"], name=op.f("fk_unit_ancestors_ancestor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_ancestors_unit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("unit_id", "ancestor_id", name=op.f("pk_unit_ancestors")),
    )
    with op.batch_alter_table("unit_ancestors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_ancestors_ancestor_id"), ["ancestor_id"], unique=False)

    op.create_table(
        "audit_log",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("object_kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.String(length=64), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_audit_log_actor_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_log")),
    )
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_log_actor_id"), ["actor_id"], unique=False)

    op.create_table(
        "form_keys",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_form_keys_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_form_keys")),
    )
    with op.batch_alter_table("form_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_keys_at"), ["at"], unique=False)

    op.create_table(
        "goals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("parent_measure_id", sa.Integer(), nullable=True),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("ambition", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("cancel_reason", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(length=20), nullable=False),
        sa.Column("progress_from", sa.String(length=20), nullable=False),
        sa.Column("evaluated_by", sa.String(length=20), nullable=False),
        sa.Column("evaluator_id", sa.Integer(), nullable=True),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("progress", sa.BigInteger(), nullable=True),
        sa.Column("expected", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("turns_on", sa.Date(), nullable=True),
        sa.Column("stale_from", sa.Date(), nullable=True),
        sa.Column("last_checkin_on", sa.Date(), nullable=True),
        sa.Column("first_due", sa.Date(), nullable=True),
        sa.Column("waits_until", sa.Date(), nullable=True),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("evaluation", sa.String(length=20), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("ambition IN ('committed', 'aspirational')", name=op.f("ck_goals_ambition")),
        sa.CheckConstraint("evaluated_by IN ('progress', 'manager')", name=op.f("ck_goals_evaluated_by")),
        sa.CheckConstraint("kind IN ('okr', 'kpi')", name=op.f("ck_goals_kind")),
        sa.CheckConstraint("progress_from IN ('measures', 'supporting', 'both')", name=op.f("ck_goals_progress_from")),
        sa.CheckConstraint("scope IN ('person', 'unit')", name=op.f("ck_goals_scope")),
        sa.CheckConstraint(
            "state IN ('draft', 'suggested', 'proposed', 'active', 'closed', 'cancelled', 'returned')",
            name=op.f("ck_goals_state"),
        ),
        sa.CheckConstraint(
            "status IN ('not_started', 'done', 'on_track', 'at_risk', 'behind')", name=op.f("ck_goals_status")
        ),
        sa.CheckConstraint("visibility IN ('public', 'internal', 'restricted')", name=op.f("ck_goals_visibility")),
        sa.CheckConstraint("due_on >= starts_on", name=op.f("ck_goals_dates")),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_goals_weight")),
        sa.ForeignKeyConstraint(["created_by_id"], ["people.id"], name=op.f("fk_goals_created_by_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_goals_cycle_id")),
        sa.ForeignKeyConstraint(["evaluator_id"], ["people.id"], name=op.f("fk_goals_evaluator_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_goals_owner_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["goals.id"], name=op.f("fk_goals_parent_id")),
        sa.ForeignKeyConstraint(
            ["parent_measure_id"], ["measures.id"], name=op.f("fk_goals_parent_measure_id"), use_alter=True
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_goals_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goals")),
        sa.UniqueConstraint("code", name=op.f("uq_goals_code")),
    )
    with op.batch_alter_table("goals", schema=None) as batch_op:
        batch_op.create_index("ix_goals_cycle_status", ["cycle_id", "state", "status"], unique=False)
        batch_op.create_index("ix_goals_cycle_unit", ["cycle_id", "unit_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_goals_evaluator_id"), ["evaluator_id"], unique=False)
        batch_op.create_index("ix_goals_owner_cycle", ["owner_id", "cycle_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_goals_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index("ix_goals_turns_on", ["turns_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_goals_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "management",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("manager_id", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["manager_id"], ["people.id"], name=op.f("fk_management_manager_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_management_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "manager_id", name=op.f("pk_management")),
    )
    with op.batch_alter_table("management", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_management_manager_id"), ["manager_id"], unique=False)

    op.create_table(
        "notification_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("in_page", sa.Boolean(), nullable=False),
        sa.Column("by_email", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_notification_choices_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_choices")),
        sa.UniqueConstraint("person_id", "kind", name=op.f("uq_notification_choices_person_id_kind")),
    )
    op.create_table(
        "one_time_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_one_time_links_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_one_time_links")),
    )
    with op.batch_alter_table("one_time_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_links_person_id"), ["person_id"], unique=False)

    op.create_table(
        "results",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("okr", sa.BigInteger(), nullable=True),
        sa.Column("kpi", sa.BigInteger(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("adjusted", sa.BigInteger(), nullable=True),
        sa.Column("rating", sa.String(length=20), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("goals", sa.Integer(), nullable=False),
        sa.Column("people_mean", sa.BigInteger(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("last_checkin_on", sa.Date(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name_then", sa.String(length=300), nullable=False),
        sa.Column("unit_then", sa.String(length=300), nullable=False),
        sa.Column("manager_then", sa.String(length=300), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (unit_id IS NULL)", name=op.f("ck_results_whose")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_results_cycle_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_results_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_results_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_results")),
        sa.UniqueConstraint("cycle_id", "person_id", name=op.f("uq_results_cycle_id_person_id")),
        sa.UniqueConstraint("cycle_id", "unit_id", name=op.f("uq_results_cycle_id_unit_id")),
    )
    with op.batch_alter_table("results", schema=None) as batch_op:
        batch_op.create_index("ix_results_cycle_id_total", ["cycle_id", "total"], unique=False)
        batch_op.create_index(batch_op.f("ix_results_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_results_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("manager_words", sa.String(), nullable=False),
        sa.Column("person_words", sa.String(), nullable=False),
        sa.Column("adjustment", sa.BigInteger(), nullable=True),
        sa.Column("adjustment_why", sa.String(), nullable=False),
        sa.Column("manager_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("appeal_outcome", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('preparation', 'discussed', 'manager_signed', 'person_signed', 'appealed', 'closed')",
            name=op.f("ck_reviews_state"),
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_reviews_cycle_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reviews_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("cycle_id", "person_id", name=op.f("uq_reviews_cycle_id_person_id")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviews_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "unit_members",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_unit_members_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_members_unit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("unit_id", "person_id", name=op.f("pk_unit_members")),
    )
    with op.batch_alter_table("unit_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_members_person_id"), ["person_id"], unique=False)

    op.create_table(
        "unit_supervisors",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_unit_supervisors_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_unit_supervisors_unit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("unit_id", "person_id", name=op.f("pk_unit_supervisors")),
    )
    with op.batch_alter_table("unit_supervisors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_supervisors_person_id"), ["person_id"], unique=False)

    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_comments_author_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f("fk_comments_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint(
            "goal_id", "entered_at", "author_id", name=op.f("uq_comments_goal_id_entered_at_author_id")
        ),
    )
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comments_author_id"), ["author_id"], unique=False)

    op.create_table(
        "evaluations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint(
            "step IN ('submitted', 'approved', 'returned', 'reopened')", name=op.f("ck_evaluations_step")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_evaluations_by_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f("fk_evaluations_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
        sa.UniqueConstraint("goal_id", "at", name=op.f("uq_evaluations_goal_id_at")),
    )
    with op.batch_alter_table("evaluations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evaluations_by_id"), ["by_id"], unique=False)

    op.create_table(
        "goal_followers",
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f("fk_goal_followers_goal_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_goal_followers_person_id")),
        sa.PrimaryKeyConstraint("goal_id", "person_id", name=op.f("pk_goal_followers")),
    )
    with op.batch_alter_table("goal_followers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_goal_followers_person_id"), ["person_id"], unique=False)

    op.create_table(
        "goal_points",
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("progress", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f("fk_goal_points_goal_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("goal_id", "on", name=op.f("pk_goal_points")),
    )
    op.create_table(
        "goal_units",
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f("fk_goal_units_goal_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_goal_units_unit_id")),
        sa.PrimaryKeyConstraint("goal_id", "unit_id", name=op.f("pk_goal_units")),
    )
    with op.batch_alter_table("goal_units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_goal_units_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "measures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=True),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=20), nullable=False),
        sa.Column("aggregate", sa.String(length=20), nullable=False),
        sa.Column("frequency", sa.String(length=20), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=True),
        sa.Column("target", sa.BigInteger(), nullable=True),
        sa.Column("target_per", sa.String(length=20), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=True),
        sa.Column("high", sa.BigInteger(), nullable=True),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("fed_by_id", sa.Integer(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("due_from", sa.Date(), nullable=True),
        sa.Column("due_by", sa.Date(), nullable=True),
        sa.Column("stale_from", sa.Date(), nullable=True),
        sa.CheckConstraint("aggregate IN ('last', 'sum', 'average', 'ratio')", name=op.f("ck_measures_aggregate")),
        sa.CheckConstraint(
            "direction IN ('increase', 'decrease', 'keep', 'done', 'steps')", name=op.f("ck_measures_direction")
        ),
        sa.CheckConstraint("frequency IN ('', 'day', 'week', 'month', 'quarter')", name=op.f("ck_measures_frequency")),
        sa.CheckConstraint("target_per IN ('span', 'period')", name=op.f("ck_measures_target_per")),
        sa.CheckConstraint("decimals BETWEEN 0 AND 4", name=op.f("ck_measures_decimals")),
        sa.CheckConstraint("weight > 0", name=op.f("ck_measures_weight")),
        sa.ForeignKeyConstraint(["assignee_id"], ["people.id"], name=op.f("fk_measures_assignee_id")),
        sa.ForeignKeyConstraint(["fed_by_id"], ["goals.id"], name=op.f("fk_measures_fed_by_id"), use_alter=True),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f("fk_measures_goal_id")),
        sa.ForeignKeyConstraint(["metric_id"], ["metrics.id"], name=op.f("fk_measures_metric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures")),
        sa.UniqueConstraint("goal_id", "code", name=op.f("uq_measures_goal_id_code")),
    )
    with op.batch_alter_table("measures", schema=None) as batch_op:
        batch_op.create_index("ix_measures_assignee_id", ["assignee_id"], unique=False)
        batch_op.create_index("ix_measures_due_from", ["due_from"], unique=False)
        batch_op.create_index(batch_op.f("ix_measures_fed_by_id"), ["fed_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_measures_metric_id"), ["metric_id"], unique=False)

    op.create_table(
        "notifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_notifications_actor_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f("fk_notifications_goal_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_notifications_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notifications_goal_id"), ["goal_id"], unique=False)
        batch_op.create_index("ix_notifications_person_id_read_at", ["person_id", "read_at"], unique=False)

    op.create_table(
        "actions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["assignee_id"], ["people.id"], name=op.f("fk_actions_assignee_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f("fk_actions_goal_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures.id"], name=op.f("fk_actions_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
        sa.UniqueConstraint("goal_id", "title", name=op.f("uq_actions_goal_id_title")),
    )
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actions_assignee_id"), ["assignee_id"], unique=False)

    op.create_table(
        "blockers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("next_step", sa.String(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('resource', 'dependency', 'clarity', 'priority', 'external')", name=op.f("ck_blockers_kind")
        ),
        sa.ForeignKeyConstraint(["measure_id"], ["measures.id"], name=op.f("fk_blockers_measure_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_blockers_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blockers")),
        sa.UniqueConstraint("measure_id", "opened_on", "kind", name=op.f("uq_blockers_measure_id_opened_on_kind")),
    )
    with op.batch_alter_table("blockers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blockers_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("old", sa.String(), nullable=False),
        sa.Column("new", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["approved_by_id"], ["people.id"], name=op.f("fk_changes_approved_by_id")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_changes_by_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f("fk_changes_goal_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures.id"], name=op.f("fk_changes_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sa.UniqueConstraint(
            "goal_id", "measure_id", "at", "field", name=op.f("uq_changes_goal_id_measure_id_at_field")
        ),
    )
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_changes_goal_id"), ["goal_id"], unique=False)

    op.create_table(
        "goal_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=False),
        sa.Column("parent_measure_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f("fk_goal_links_goal_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["parent_id"], ["goals.id"], name=op.f("fk_goal_links_parent_id")),
        sa.ForeignKeyConstraint(["parent_measure_id"], ["measures.id"], name=op.f("fk_goal_links_parent_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_links")),
        sa.UniqueConstraint(
            "goal_id", "parent_id", "parent_measure_id", name=op.f("uq_goal_links_goal_id_parent_id_parent_measure_id")
        ),
    )
    with op.batch_alter_table("goal_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_goal_links_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "period_targets",
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures.id"], name=op.f("fk_period_targets_measure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("measure_id", "starts_on", name=op.f("pk_period_targets")),
    )
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("new", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'applied', 'returned')", name=op.f("ck_proposals_state")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_proposals_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_proposals_decided_by_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f("fk_proposals_goal_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures.id"], name=op.f("fk_proposals_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposals_goal_id"), ["goal_id"], unique=False)

    op.create_table(
        "steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("weight > 0", name=op.f("ck_steps_weight")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures.id"], name=op.f("fk_steps_measure_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steps")),
        sa.UniqueConstraint("measure_id", "code", name=op.f("uq_steps_measure_id_code")),
    )
    op.create_table(
        "checkins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("numerator", sa.BigInteger(), nullable=True),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("confidence", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("confidence IN ('on_track', 'at_risk', 'off_track')", name=op.f("ck_checkins_confidence")),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_checkins_author_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures.id"], name=op.f("fk_checkins_measure_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["checkins.id"], name=op.f("fk_checkins_replaces_id")),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_checkins_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkins")),
        sa.UniqueConstraint(
            "measure_id", "step_id", "entered_at", name=op.f("uq_checkins_measure_id_step_id_entered_at")
        ),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_checkins_replaces_id")),
    )
    with op.batch_alter_table("checkins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkins_author_id"), ["author_id"], unique=False)
        batch_op.create_index("ix_checkins_entered_at", ["entered_at"], unique=False)
        batch_op.create_index("ix_checkins_measure_id_on", ["measure_id", "on"], unique=False)

    op.create_table(
        "acknowledgements",
        sa.Column("checkin_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["checkin_id"], ["checkins.id"], name=op.f("fk_acknowledgements_checkin_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_acknowledgements_person_id")),
        sa.PrimaryKeyConstraint("checkin_id", name=op.f("pk_acknowledgements")),
    )
    with op.batch_alter_table("acknowledgements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acknowledgements_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("acknowledgements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acknowledgements_person_id"))

    op.drop_table("acknowledgements")
    with op.batch_alter_table("checkins", schema=None) as batch_op:
        batch_op.drop_index("ix_checkins_measure_id_on")
        batch_op.drop_index("ix_checkins_entered_at")
        batch_op.drop_index(batch_op.f("ix_checkins_author_id"))

    op.drop_table("checkins")
    op.drop_table("steps")
    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposals_goal_id"))

    op.drop_table("proposals")
    op.drop_table("period_targets")
    with op.batch_alter_table("goal_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_goal_links_parent_id"))

    op.drop_table("goal_links")
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_changes_goal_id"))

    op.drop_table("changes")
    with op.batch_alter_table("blockers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blockers_owner_id"))

    op.drop_table("blockers")
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_actions_assignee_id"))

    op.drop_table("actions")
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.drop_index("ix_notifications_person_id_read_at")
        batch_op.drop_index(batch_op.f("ix_notifications_goal_id"))

    op.drop_table("notifications")
    with op.batch_alter_table("measures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measures_metric_id"))
        batch_op.drop_index(batch_op.f("ix_measures_fed_by_id"))
        batch_op.drop_index("ix_measures_due_from")
        batch_op.drop_index("ix_measures_assignee_id")

    op.drop_table("measures")
    with op.batch_alter_table("goal_units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_goal_units_unit_id"))

    op.drop_table("goal_units")
    op.drop_table("goal_points")
    with op.batch_alter_table("goal_followers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_goal_followers_person_id"))

    op.drop_table("goal_followers")
    with op.batch_alter_table("evaluations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evaluations_by_id"))

    op.drop_table("evaluations")
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comments_author_id"))

    op.drop_table("comments")
    with op.batch_alter_table("unit_supervisors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_supervisors_person_id"))

    op.drop_table("unit_supervisors")
    with op.batch_alter_table("unit_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_members_person_id"))

    op.drop_table("unit_members")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_person_id"))

    op.drop_table("sessions")
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reviews_person_id"))

    op.drop_table("reviews")
    with op.batch_alter_table("results", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_results_unit_id"))
        batch_op.drop_index(batch_op.f("ix_results_person_id"))
        batch_op.drop_index("ix_results_cycle_id_total")

    op.drop_table("results")
    with op.batch_alter_table("one_time_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_links_person_id"))

    op.drop_table("one_time_links")
    op.drop_table("notification_choices")
    with op.batch_alter_table("management", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_management_manager_id"))

    op.drop_table("management")
    with op.batch_alter_table("goals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_goals_unit_id"))
        batch_op.drop_index("ix_goals_turns_on")
        batch_op.drop_index(batch_op.f("ix_goals_parent_id"))
        batch_op.drop_index("ix_goals_owner_cycle")
        batch_op.drop_index(batch_op.f("ix_goals_evaluator_id"))
        batch_op.drop_index("ix_goals_cycle_unit")
        batch_op.drop_index("ix_goals_cycle_status")

    op.drop_table("goals")
    with op.batch_alter_table("form_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_form_keys_at"))

    op.drop_table("form_keys")
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_log_actor_id"))

    op.drop_table("audit_log")
    with op.batch_alter_table("unit_ancestors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_ancestors_ancestor_id"))

    op.drop_table("unit_ancestors")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index("ix_people_unit_id_sort_key")
        batch_op.drop_index(batch_op.f("ix_people_sort_key"))
        batch_op.drop_index(batch_op.f("ix_people_position"))
        batch_op.drop_index(batch_op.f("ix_people_manager_id"))
        batch_op.drop_index(batch_op.f("ix_people_boss_id"))

    op.drop_table("people")
    op.drop_table("notes")
    with op.batch_alter_table("kpi_set_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kpi_set_items_metric_id"))

    op.drop_table("kpi_set_items")
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_units_parent_id"))
        batch_op.drop_index(batch_op.f("ix_units_head_id"))

    op.drop_table("units")
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_failures_email_key_at")
        batch_op.drop_index("ix_sign_in_failures_address_at")

    op.drop_table("sign_in_failures")
    op.drop_table("settings")
    op.drop_table("metrics")
    with op.batch_alter_table("cycles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cycles_starts_on"))
        batch_op.drop_index(batch_op.f("ix_cycles_parent_id"))

    op.drop_table("cycles")
    op.drop_table("audit_head")
