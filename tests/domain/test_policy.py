"""Policy parameters: every key of the specification, each with a default, and which version is in force."""

from dataclasses import dataclass
from datetime import date

import pytest

from domain.policy import DEFAULT_PARAMS, PARAMETERS, PolicyParams, policy_in_force
from domain.statements import MalformedStatement
from tests.support.domain import policy_body, statement

SPECIFIED = [
    "topup.cmp",
    "topup.basis",
    "topup.denominator",
    "pair.max_active",
    "suspension.scope",
    "suspension.inflight",
    "suspension.term",
    "unused",
    "outside_export",
    "quota_attribute",
    "temp_plate",
    "purchase_order",
    "sunset",
    "window.from",
    "topup.subject",
    "suspension.mandatory",
    "case.open_within_days",
    "proof.pending",
    "renunciation.trigger",
    "sunset.registration",
    "vin.reuse_after_end",
    "correction.max_depth",
    "backdating_days",
    "envelope.max_age_hours",
    "export_watch_days",
    "deadline.days",
    "deadline.unit",
    "deadline.roll",
    "deadline.acts",
    "in_city",
    "title_document",
]


def test_every_specified_key_has_a_default_and_a_field() -> None:
    """The table of parameters, the model and the specification name the same keys."""
    fields = {field.alias or name for name, field in PolicyParams.model_fields.items()}
    assert fields == {row.key for row in PARAMETERS} == {*SPECIFIED, "city_cap"}
    assert all(row.source and row.question for row in PARAMETERS)


def test_defaults_are_valid() -> None:
    """The defaults are a valid set of parameters; the last day of the policy is in its window."""
    params = PolicyParams.model_validate(dict(DEFAULT_PARAMS))
    assert params.deadline_days == 15
    assert params.window_holds(date(2029, 10, 18))
    assert not params.window_holds(date(2029, 10, 19))
    assert params.window_holds(date(2024, 11, 1))
    assert not params.window_holds(date(2024, 10, 31))


@pytest.mark.parametrize("key", SPECIFIED)
def test_a_version_states_every_key(key: str) -> None:
    """Given params without one key, the statement is malformed and names it."""
    body = policy_body()
    del body["params"][key]
    with pytest.raises(MalformedStatement, match=rf"body\.params\.{key}: missing"):
        statement("PolicyVersionPublished", body)


def test_the_cap_of_the_city_is_the_one_key_that_may_be_absent() -> None:
    """Given params without a cap, or with null, then there is none; a number below zero is malformed."""
    body = policy_body()
    assert statement("PolicyVersionPublished", body).body.params.city_cap is None
    del body["params"]["city_cap"]
    assert statement("PolicyVersionPublished", body).body.params.city_cap is None
    body["params"]["city_cap"] = -1
    with pytest.raises(MalformedStatement, match=r"body\.params\.city_cap"):
        statement("PolicyVersionPublished", body)


def test_field_names_are_not_keys() -> None:
    """A parameter is given by its dotted key only."""
    body = policy_body()
    body["params"]["topup_cmp"] = body["params"].pop("topup.cmp")
    with pytest.raises(MalformedStatement):
        statement("PolicyVersionPublished", body)


@dataclass(frozen=True)
class Version:
    """A published version, as far as the question of force goes."""

    effective_from: date
    params: PolicyParams


@pytest.mark.parametrize(
    ("on", "days"), [("2024-10-31", None), ("2024-11-01", 15), ("2025-12-31", 15), ("2026-01-01", 20)]
)
def test_policy_in_force(on: str, days: int | None) -> None:
    """The newest version that has begun is in force; before the first there is none."""
    versions = [
        Version(date(2024, 11, 1), PolicyParams.model_validate(dict(DEFAULT_PARAMS))),
        Version(date(2026, 1, 1), PolicyParams.model_validate({**DEFAULT_PARAMS, "deadline.days": 20})),
    ]
    params = policy_in_force(versions, date.fromisoformat(on))
    assert (params.deadline_days if params else None) == days
