"""Codes and ids: check digits against published examples and another library, ids rebuilt."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as foreign_uscc

from domain import identifiers as ids
from tests.support.domain import EXPORTER, OTHER, PAIR, UPSTREAM

PUBLISHED_USCCS = ("914403001922038216", "9144030071526726XG", "91310000132260250X")
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("uscc", [*PUBLISHED_USCCS, EXPORTER, UPSTREAM, OTHER])
def test_published_uscc_holds(uscc: str) -> None:
    """A published USCC and the organisation code inside it both pass their checks."""
    assert ids.uscc_holds(uscc)
    assert ids.organisation_code_holds(ids.organisation_code_of(uscc))


@given(st.text(ALPHABET, min_size=17, max_size=17))
def test_uscc_check_agrees_with_another_implementation(first_17: str) -> None:
    """The check character is the one that an independent library computes."""
    assert ids.uscc_check(first_17) == foreign_uscc.calc_check_digit(first_17)


@given(st.sampled_from(PUBLISHED_USCCS), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_fails_the_uscc(uscc: str, place: int, other: str) -> None:
    """Any one character changed is noticed: 31 is a prime and no weight is a multiple of it."""
    changed = uscc[:place] + other + uscc[place + 1 :]
    assert ids.uscc_holds(changed) == (changed == uscc)


@pytest.mark.parametrize(
    ("code", "holds"),
    [
        ("PDY00001X", True),  # check 10 is written X
        ("PDY000028", True),
        ("PDY000036", True),
        ("PDY000011", False),
        ("132260250", True),  # check 11 is written 0
    ],
)
def test_organisation_code(code: str, holds: bool) -> None:
    """GB 11714 with its two special values."""
    assert ids.organisation_code_holds(code) is holds


@pytest.mark.parametrize(
    "vin", ["1M8GDM9AXKP042788", "LSVAB6189R2012345", "LSGXE8351S1000001", "LGXC14DF1S0123456"]
)
def test_published_vin_holds(vin: str) -> None:
    """Published and specified examples pass the check of ISO 3779."""
    assert ids.vin_holds(vin)


def test_wrong_vin_fails() -> None:
    """A VIN with another check digit fails."""
    assert not ids.vin_holds("1M8GDM9A1KP042788")


@pytest.mark.parametrize(("vin", "binding"), [("LSV", True), ("HJR", True), ("WVW", False), ("1M8", False)])
def test_vin_check_binds_chinese_makers(vin: str, binding: bool) -> None:
    """The check digit is law for a WMI beginning with L or H only."""
    assert ids.vin_check_is_binding(vin) is binding


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (
            ids.VIN_PATTERN,
            "LSVAB6189R2012345",
            [
                "LSVAB6189R201234O",
                "LSVAB6189R201234I",
                "QSVAB6189R2012345",
                "LSVAB6189R201234",
                "lsvab6189r2012345",
            ],
        ),
        (ids.USCC_PATTERN, EXPORTER, [EXPORTER[:-1], EXPORTER + "1", "I" + EXPORTER[1:], EXPORTER.lower()]),
        (ids.PAIR_ID_PATTERN, PAIR, [f"{PAIR}0000000000", PAIR[:-1] + "0", PAIR[:-1] + "01", f"{PAIR}-1"]),
        (ids.BATCH_ID_PATTERN, f"{PAIR}-12", [PAIR, f"{PAIR}-0", f"{PAIR}-+1", f"{PAIR}-1-1"]),
        (ids.LINE_ID_PATTERN, f"{PAIR}-12-3", [f"{PAIR}-12", f"{PAIR}-12-03", f"{PAIR}-12-٣"]),
        (ids.APPLICATION_ID_PATTERN, f"{PAIR}-q1", [f"{PAIR}-1", f"{PAIR}-q0", f"{PAIR}-Q1"]),
        (ids.REFERENCE_PATTERN, "CASE-2026.1_a", ["", "a b", "a" * 65, "案1"]),
        (ids.ORGANISATION_CODE_PATTERN, "PDY00001X", ["PDY00001-X", "PDY00001Y", "PDY0001X"]),
    ],
)
def test_shape(pattern: str, good: str, bad: list[str]) -> None:
    """Each shape admits its example and none of its near misses."""
    assert re.search(pattern, good)
    assert not [text for text in bad if re.search(pattern, text)]


def test_ids_are_read_and_rebuilt() -> None:
    """A line id says its batch, its pair and both firms, and is the same text again."""
    line = ids.LineId.parse(f"{PAIR}-12-3")
    assert (line.number, line.batch.number, line.batch.pair.number) == (3, 12, 1)
    assert (line.batch.pair.exporter, line.batch.pair.upstream) == (EXPORTER, UPSTREAM)
    assert line.text == f"{PAIR}-12-3"
    assert ids.ApplicationId.parse(f"{PAIR}-q7").text == f"{PAIR}-q7"


@pytest.mark.parametrize("identifier", [PAIR, f"{PAIR}-q1", f"{PAIR}-2", f"{PAIR}-2-9"])
def test_pair_of(identifier: str) -> None:
    """Every id names its pair."""
    assert ids.pair_of(identifier) == PAIR


def test_batch_of() -> None:
    """A line id names its batch."""
    assert ids.batch_of(f"{PAIR}-2-9") == f"{PAIR}-2"


@pytest.mark.parametrize(
    ("number", "well_formed", "export"),
    [
        ("222520250000153457", True, True),
        ("222520251000153457", True, False),
        ("222519250000153457", False, None),
        ("22252025000015345", False, None),
        ("222520252000153457", False, None),
        ("222520250000153457\n", False, None),
    ],
)
def test_declaration_number(number: str, well_formed: bool, export: bool | None) -> None:
    """A declaration number has its form, and says export or import in its ninth digit."""
    assert ids.declaration_is_well_formed(number) is well_formed
    if well_formed:
        assert ids.declaration_is_export(number) is export
