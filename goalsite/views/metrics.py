"""The library of metrics, for HR: what is measured, how, and where it is used."""

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from goalsite import policy
from goalsite.actions.metrics import change_metric, create_metric
from goalsite.domain.errors import RuleError
from goalsite.extensions import db
from goalsite.forms.base import add_error, answer_of, first_time, is_stale, keep_answer
from goalsite.forms.metrics import MetricForm
from goalsite.frame import me
from goalsite.models import Metric
from goalsite.queries import company as here
from goalsite.queries import metrics as read
from goalsite.queries.filters import as_id
from goalsite.respond import go_to, respond
from goalsite.views.loaders import allow, viewer

blueprint = Blueprint("metrics", __name__, url_prefix="/setup/metrics")


@blueprint.get("")
def list_metrics() -> Response:
    allow(policy.may_run_cycles(viewer()))
    found = read.library(request.args.get("text", ""), as_id(request.args.get("page", "")) or 1)
    return respond("metrics/list.html", found=found)


@blueprint.get("/trial")
def trial() -> Response:
    allow(policy.may_run_cycles(viewer()))
    form = MetricForm(request.args, meta={"csrf": False})
    form.validate()
    return respond("metrics/trial.html", fragment="metrics/_trial.html", form=form, trial=form.trial())


@blueprint.get("/new")
def new() -> Response:
    allow(policy.may_run_cycles(viewer()))
    return _page(MetricForm())


@blueprint.post("/new")
def create() -> AnyResponse:
    allow(policy.may_run_cycles(viewer()))
    form = MetricForm()
    if "try" in request.form:
        return _page(form)
    if not form.validate_on_submit():
        return _page(form, status=422)
    listed = url_for("metrics.list_metrics")
    if first_time(form):
        try:
            metric = create_metric(me(), form.facts())
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            return _page(form, status=422)
        keep_answer(form, listed)
        db.session.commit()
        flash(_("Made: %(name)s.", name=metric.name), "success")
    return go_to(answer_of(form, listed))


@blueprint.get("/<int:metric_id>/edit")
def edit(metric_id: int) -> Response:
    metric = _load(metric_id)
    usage = read.usage_of(metric)
    form = MetricForm(obj=metric)
    return _page(form.without_fixed() if usage.fixed else form, metric, usage)


@blueprint.post("/<int:metric_id>/edit")
def change(metric_id: int) -> AnyResponse:
    metric = _load(metric_id)
    usage = read.usage_of(metric)
    form = MetricForm().without_fixed() if usage.fixed else MetricForm()
    if "try" in request.form:
        return _page(form, metric, usage)
    if not form.validate_on_submit():
        return _page(form, metric, usage, status=422)
    if first_time(form):
        if is_stale(form, metric):
            return _page(form, metric, usage, newer=True, status=409)
        try:
            change_metric(me(), metric, form.facts(metric), here.today())
        except RuleError as error:
            db.session.rollback()
            add_error(form, error)
            metric = _load(metric_id)
            return _page(form, metric, read.usage_of(metric), status=422)
        db.session.commit()
        flash(_("Saved."), "success")
    return go_to(url_for("metrics.list_metrics"))


def _load(metric_id: int) -> Metric:
    allow(policy.may_run_cycles(viewer()))
    metric = read.metric_by_id(metric_id)
    if metric is None:
        abort(404)
    return metric


def _page(
    form: MetricForm,
    metric: Metric | None = None,
    usage: read.Usage | None = None,
    *,
    newer: bool = False,
    status: int = 200,
) -> Response:
    return respond(
        "metrics/form.html",
        status=status,
        form=form,
        metric=metric,
        usage=usage,
        trial=form.trial(),
        newer=metric if newer else None,
    )
