"""An agency's statement: what it signed, what it counts, and the city's units around it."""

from collections import Counter

from projections.history.findings import explain_finding
from projections.reports import agency_statement
from projections.reports.months import Month
from tests.support.reports import Season, day_of, moved, summed


def test_what_an_agency_signed_is_what_the_entries_say(season: Season) -> None:
    """Given each agency, when a month is stated, then its entries and their types are those of the ledger."""
    month = Month.parse("2025-09")
    for agency in agency_statement.AGENCIES:
        content = agency_statement.build(season.store, agency, month).content
        signed = [one for one in season.lines if one.content["agency"] == agency and day_of(one) in month]
        assert [line["index"] for line in content["lines"]] == [one.index for one in signed]
        types = {one["type"]: one["entries"] for one in content["types"]}
        assert types == Counter(one.header["type"] for one in signed)
        assert all(line["agency"] == agency and line["officers"] for line in content["lines"])


def test_the_citys_months_join_and_end_at_what_is_stored(season: Season) -> None:
    """Given a year of months, when each is stated, then its opening is the closing before; the last is what is stored."""
    months = season.months()
    closing = dict.fromkeys(summed(season.pairs()), 0)
    for month in [months[0], *months[1:3], months[-1]]:
        city = agency_statement.build(season.store, "police", Month.parse(month)).content["city"]
        if month != months[-1]:
            assert city["opening"] == closing, month
        closing = city["closing"]
        assert moved(city["opening"], city["moved"]) == closing
    without_line = {name: closing[name] - units for name, units in summed(season.pairs()).items()}
    assert without_line == {**dict.fromkeys(without_line, 0), "UNB": 1}, "one registration names no line"


def test_its_counts_are_those_that_it_filed(season: Season) -> None:
    """Given the agencies' own statements in the ledger, then the counts agree, but where a false one was planted."""
    filed = [one for one in season.lines if one.header["type"] == "ReconciliationStatementFiled"]
    false = explain_finding(season.store, "C35").result.entries
    for one in [*filed[:: len(filed) // 5], *(season.lines[index] for index in false)]:
        body = one.content["body"]
        month = Month.parse(body["period_from"][:7])
        content = agency_statement.build(season.store, one.content["agency"], month).content["counts"]
        (found,) = [each for each in content["filed"] if each["index"] == one.index]
        assert found["counts"] == body["counts"]
        assert found["agrees"] is (content["counts"] == content["counts"] | body["counts"])
        assert found["agrees"] is (one.index not in false)
    assert false


def test_what_it_sent_and_the_ledger_refused_is_listed_apart(season: Season) -> None:
    """Given the refused submissions of a month, when the agencies state it, then each stands with who sent it."""
    refused = [one for one in season.lines if one.header["type"] == "SubmissionRefused"]
    month = Month.parse(day_of(refused[0]).isoformat()[:7])
    found: Counter[int] = Counter()
    for agency in agency_statement.AGENCIES:
        content = agency_statement.build(season.store, agency, month).content
        found.update(one["index"] for one in content["refused"])
        assert all(one["agency"] == agency and one["items"] for one in content["refused"])
    assert found == Counter(one.index for one in refused if day_of(one) in month)
