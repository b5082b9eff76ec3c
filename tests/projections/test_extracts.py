"""Extracts: an agency's list as a CSV file, read strictly and in either encoding."""

from datetime import date

import pytest

from projections.extracts import BadExtract, CustomsRow, PoliceRow, TransportRow, parse_extract

VIN = "LSVAB6189R2012345"
BATCH = "91310115PDY00001XD-91310114PDY000028Y-1-1"
POLICE = (
    f"车辆识别代码,额度属性,注册登记日期,登记证书编号,注销登记日期\n{VIN},出口,2026-01-05,310000000001,\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_police_extract_in_every_encoding(encoding: str) -> None:
    """A list in Chinese reads the same in UTF-8, with a byte order mark and in GB18030."""
    extract = parse_extract(POLICE.encode(encoding))
    assert extract.kind == "police"
    assert extract.rows == (PoliceRow(2, VIN, date(2026, 1, 5), "310000000001", None),)


def test_a_transport_extract_with_its_total() -> None:
    """Numbers per batch, and a row of the whole under either name."""
    extract = parse_extract(f"units,batch_id\n40,{BATCH}\n40,合计\n40,TOTAL\n".encode())
    assert extract.rows == (TransportRow(2, BATCH, 40), TransportRow(3, None, 40), TransportRow(4, None, 40))


def test_a_customs_extract() -> None:
    """Blank lines do not count, columns that are not known are not looked at, days come in three forms."""
    text = (
        f"vin,ship,declaration_no,released_on\n{VIN},a,222520260000000001,2026/02/03\n\n"
        f"{VIN},b,222520260000000002,20260204\n"
    )
    extract = parse_extract(text.encode())
    assert extract.rows == (
        CustomsRow(2, VIN, "222520260000000001", date(2026, 2, 3)),
        CustomsRow(4, VIN, "222520260000000002", date(2026, 2, 4)),
    )


@pytest.mark.parametrize("day", ["2026-01-05", "2026/01/05", "2026/1/5", "2026-1-5", "2026/01/5", "20260105"])
def test_days_as_people_and_tables_write_them(day: str) -> None:
    """Days come with either separator, padded or not, or as eight digits."""
    (row,) = parse_extract(f"vin,registered_on\n{VIN},{day}\n".encode()).rows
    assert row == PoliceRow(2, VIN, date(2026, 1, 5), None, None)


def test_a_vin_in_small_letters_and_what_is_none() -> None:
    """A VIN in small letters is that VIN; what is none stays as it is written, and the file is read on."""
    text = f"vin,registered_on\n{VIN.lower()},2026-01-05\nlsvab6189o2012345,2026-01-06\n"
    first, second = parse_extract(text.encode()).rows
    assert first == PoliceRow(2, VIN, date(2026, 1, 5), None, None)
    assert second == PoliceRow(3, "lsvab6189o2012345", date(2026, 1, 6), None, None)


BAD = {
    "encoding": (b"\xff\xff", "neither UTF-8 nor GB18030"),
    "empty": (b"", "line 1: the columns of no agency's extract"),
    "columns": (b"vin,colour\n", "line 1: the columns of no agency's extract"),
    "twice": (b"vin,vin,registered_on\n", "line 1: the column vin stands there twice"),
    "cells": (f"vin,registered_on\n{VIN}\n".encode(), "line 2: 1 cells, the header has 2"),
    "no vin": (b"vin,registered_on\n,2026-01-05\n", "line 2, vin: empty"),
    "half a day": (f"vin,registered_on\n{VIN},2026-0105\n".encode(), "line 2, registered_on:"),
    "day": (f"vin,registered_on\n{VIN},2026-02-30\n".encode(), "line 2, registered_on:"),
    "no day": (f"vin,registered_on\n{VIN},\n".encode(), "line 2, registered_on: empty"),
    "batch": (b"batch_id,units\nBatch 1,3\n", "line 2, batch_id:"),
    "units": (f"batch_id,units\n{BATCH},-3\n".encode(), "line 2, units:"),
    "quote": (f'vin,registered_on\n"{VIN},2026-01-05\n'.encode(), "line 2: unexpected end of data"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_extract_is_named(name: str) -> None:
    """The error says in which line and column what is wrong."""
    data, message = BAD[name]
    with pytest.raises(BadExtract, match="^" + message.replace("(", r"\(")):
        parse_extract(data)
