"""The dates of lists: every form that is met, every reason against one, and nothing guessed."""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optoutdesk.domain import dates
from optoutdesk.domain.dates import (
    AHEAD,
    AMBIGUOUS,
    EMPTY,
    NO_DAY,
    NO_TIME,
    NOT_DAY_FIRST,
    NOT_MONTH_FIRST,
    NUMBER,
    OTHER_WEEKDAY,
    SHORTENED,
    TOO_OLD,
    UNKNOWN_ZONE,
    UNREADABLE,
    DateReader,
    DayOrder,
    Example,
    NoDate,
    carries_zone,
    day_order,
    is_date,
)
from optoutdesk.domain.requests import Precision, Received, received_at, received_on

NEW_YORK = "America/New_York"
NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def read(cell: str, **settled) -> Received | NoDate:
    zone, now = settled.pop("zone", NEW_YORK), settled.pop("now", NOW)
    return DateReader(zone, now, **settled).read(cell)


def at(text: str, zone: str = NEW_YORK) -> Received:
    """The receipt at a moment: with its offset, or as a clock in the zone shows it."""
    moment = datetime.fromisoformat(text)
    return received_at(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone)), zone)


def on(text: str, zone: str = NEW_YORK) -> Received:
    return received_on(date.fromisoformat(text), zone)


DATES = {
    "2026-11-10": "2026-11-10",
    " 2026-11-10 ": "2026-11-10",
    '"2026-11-10"': "2026-11-10",
    "'2026-11-10": "2026-11-10",
    "2026/11/10": "2026-11-10",
    "2026.11.10": "2026-11-10",
    "2026-1-9": "2026-01-09",
    "2026-Nov-10": "2026-11-10",
    "20261110": "2026-11-10",
    " 20261110 ": "2026-11-10",
    "10 Nov 2026": "2026-11-10",
    "10-Nov-26": "2026-11-10",
    "10. November 2026": "2026-11-10",
    "10th of November 2026": "2026-11-10",
    "10nov2026": "2026-11-10",
    "Nov 10, 2026": "2026-11-10",
    "November 10th, 2026": "2026-11-10",
    "Nov. 10 '26": "2026-11-10",
    "Sept 9, 2026": "2026-09-09",
    "Tue, 10 Nov 2026": "2026-11-10",
    "Tuesday, November 10, 2026": "2026-11-10",
    "Thurs. 12 Nov 2026": "2026-11-12",
    "Wednesday 11 Nov 2026": "2026-11-11",
    "Saturday 7 Nov 2026": "2026-11-07",
    "10\u00a0Nov\u202f2026": "2026-11-10",
    "\u200e10 Nov 2026\ufeff": "2026-11-10",
    "46336": "2026-11-10",
    "46336.0": "2026-11-10",
    " 46336 ": "2026-11-10",
    "10 Nov 99": "1999-11-10",
    "10 Nov 95": "1995-11-10",
    "10 Nov 00": "2000-11-10",
    "29 Feb 2024": "2024-02-29",
}
MOMENTS = {
    "2026-11-10 16:42:05": "2026-11-10T16:42:05",
    "2026-11-10T16:42:05": "2026-11-10T16:42:05",
    "2026-11-10t16:42:05": "2026-11-10T16:42:05",
    "2026-11-10 16:42": "2026-11-10T16:42",
    "2026-11-10 16:42:05.123456": "2026-11-10T16:42:05",
    "2026-11-10 16:42:05,9": "2026-11-10T16:42:05",
    "2026-11-10T16:42:05Z": "2026-11-10T16:42:05+00:00",
    "2026-11-10t16:42:05z": "2026-11-10T16:42:05+00:00",
    "2026-11-10T16:42:05.123Z": "2026-11-10T16:42:05+00:00",
    "2026-11-10T16:42:05+05:30": "2026-11-10T16:42:05+05:30",
    "2026-11-10T16:42:05-0800": "2026-11-10T16:42:05-08:00",
    "2026-11-10 16:42:05 +0100": "2026-11-10T16:42:05+01:00",
    "2026-11-10T16:42:05+01": "2026-11-10T16:42:05+01:00",
    "2026-11-10T16:42:05-05:00[America/New_York]": "2026-11-10T16:42:05-05:00",
    "2026-11-10 16:42:05 UTC": "2026-11-10T16:42:05+00:00",
    "2026-11-10 16:42:05 GMT+2": "2026-11-10T16:42:05+02:00",
    "2026-11-10 16:42:05 UTC-03:30": "2026-11-10T16:42:05-03:30",
    "2026-11-10 4:42 pm": "2026-11-10T16:42",
    "2026-1-9 4:42": "2026-01-09T04:42",
    "20110122T111244": "2011-01-22T11:12:44",
    "20110122T1112": "2011-01-22T11:12",
    "20110122t111244": "2011-01-22T11:12:44",
    "20110122T111244Z": "2011-01-22T11:12:44+00:00",
    "20110122T111244.5+0100": "2011-01-22T11:12:44+01:00",
    "20110122 111244": "2011-01-22T11:12:44",
    "20110122111244": "2011-01-22T11:12:44",
    "201101221112": "2011-01-22T11:12",
    "1784628000": "2026-07-21T10:00+00:00",
    "1784628000.75": "2026-07-21T10:00+00:00",
    " 1784628000 ": "2026-07-21T10:00+00:00",
    "1784628000999": "2026-07-21T10:00+00:00",
    "852134400": "1997-01-01T16:00+00:00",
    "852134400000": "1997-01-01T16:00+00:00",
    "Tue, 21 Jul 2026 10:00:00 +0000": "2026-07-21T10:00+00:00",
    "Tue, 21 Jul 2026 10:00 -0400": "2026-07-21T10:00-04:00",
    "Tue, 21 Jul 2026 10:00:00 GMT": "2026-07-21T10:00+00:00",
    "21 Jul 2026 10:00:00 EST": "2026-07-21T10:00-05:00",
    "21 Jul 26 10:00:00 PDT": "2026-07-21T10:00-07:00",
    "Tue, 21 Jul 2026 10:00:00 +0000 (UTC)": "2026-07-21T10:00+00:00",
    "Tue, 21 Jul 2026 10:00:00 -0000": "2026-07-21T10:00+00:00",
    "07/21/26 10:05am": "2026-07-21T10:05",
    "07/21/26 10:05pm": "2026-07-21T22:05",
    "7/21/2026 12:05 AM": "2026-07-21T00:05",
    "7/21/2026 12:05 PM": "2026-07-21T12:05",
    "7/21/2026, 4:42:05\u202fPM": "2026-07-21T16:42:05",
    "21.7.2026 16:42": "2026-07-21T16:42",
    "21. 7. 2026 16:42": "2026-07-21T16:42",
    "21-07-2026 16:42:05.5": "2026-07-21T16:42:05",
    "Tue 7/21/2026 4:42 PM": "2026-07-21T16:42",
    "7/21/2026 16:42 PM": "2026-07-21T16:42",
    "7/21/2026 0:42 AM": "2026-07-21T00:42",
    "7/21/2026 4:42 p.m.": "2026-07-21T16:42",
    "7/21/2026 4:42p": "2026-07-21T16:42",
    "7/21/2026 4 PM": "2026-07-21T16:00",
    "7/21/2026 4:42 PM PST": "2026-07-21T16:42-08:00",
    "7/21/2026 16:42 PST": "2026-07-21T16:42-08:00",
    "2026-07-21 10:00:00 +0000 UTC": "2026-07-21T10:00+00:00",
    "2026-07-21 10:00:00.123456789 +0000 UTC": "2026-07-21T10:00+00:00",
    "2026-07-21 10:00:00.1 -0400 EDT m=+0.100000001": "2026-07-21T10:00-04:00",
    "2026-07-21 10:00:00 +0300 +03 m=+0.1": "2026-07-21T10:00+03:00",
    "Nov 10, 2026 4:42 PM": "2026-11-10T16:42",
    "November 10, 2026 at 4:42 PM": "2026-11-10T16:42",
    "10 Nov 2026, 16:42": "2026-11-10T16:42",
    "Tue Nov 10 16:42:05 2026": "2026-11-10T16:42:05",
    "Tue Nov 10 16:42:05 UTC 2026": "2026-11-10T16:42:05+00:00",
    "Tue Nov 10 16:42:05 +0100 2026": "2026-11-10T16:42:05+01:00",
    "Tue Nov 10 2026 16:42:05 GMT-0500 (Eastern Standard Time)": "2026-11-10T16:42:05-05:00",
    "46336.6958": "2026-11-10T16:41:57",
    "46336,6958": "2026-11-10T16:41:57",
    "46336.6958333333": "2026-11-10T16:42",
}
REASONS = {
    "": EMPTY,
    "  \t\n": EMPTY,
    "\u00a0\u200b": EMPTY,
    "NULL": EMPTY,
    "n/a": EMPTY,
    "-": EMPTY,
    "\\N": EMPTY,
    "0000-00-00 00:00:00": EMPTY,
    "0001-01-01 00:00:00 +0000 UTC": EMPTY,
    "yes": UNREADABLE,
    "jane@example.com": UNREADABLE,
    "mailto: jane": UNREADABLE,
    "10:42": UNREADABLE,
    "10 Nov": UNREADABLE,
    "Nov-26": UNREADABLE,
    "10 Foo 2026": UNREADABLE,
    "10 Novel 2026 10:42": UNREADABLE,
    "10/11.2026": UNREADABLE,
    "10.11.26.1": UNREADABLE,
    "2026-11-10 10:4": UNREADABLE,
    "2026-11-10 10:42 or so, she said": UNREADABLE,
    "2026-11-10 10:42 and 11:42": UNREADABLE,
    "٢٠٢٦-١١-١٠": UNREADABLE,
    "1" * 101: UNREADABLE,
    "2026-11-10" * 1_000_000: UNREADABLE,
    "0": NUMBER,
    "2026": NUMBER,
    "-46336": NUMBER,
    "463360": NUMBER,
    "12345678901": NUMBER,
    "123456789012345": NUMBER,
    "202611101642.5": NUMBER,
    "96331110": NUMBER,
    "1.79519E+09": SHORTENED,
    "1,7952e12": SHORTENED,
    "2026-02-31": NO_DAY,
    "2026-02-31 10:00": NO_DAY,
    "2026-13-01T00:00:00Z": NO_DAY,
    "20260231": NO_DAY,
    "20260231T100000": NO_DAY,
    "2026-00-10": NO_DAY,
    "31 Feb 2026": NO_DAY,
    "29 Feb 2025": NO_DAY,
    "0 Nov 2026": NO_DAY,
    "31/31/2026": NO_DAY,
    "32.1.0000": NO_DAY,
    "2026-11-10 25:00": NO_TIME,
    "2026-11-10 24:00:00": NO_TIME,
    "2026-11-10 10:60": NO_TIME,
    "2026-11-10T10:00:61Z": NO_TIME,
    "11/25/25 13:05am": NO_TIME,
    "11/25/25 0:05pm": NO_TIME,
    "20110122250000": NO_TIME,
    "Mon, 10 Nov 2026": OTHER_WEEKDAY,
    "Fri, 21 Jul 2026 10:00:00 +0000": OTHER_WEEKDAY,
    "Mon 11/25/2025": OTHER_WEEKDAY,
    "2026-11-10 10:42 IST": UNKNOWN_ZONE,
    "2026-11-10 10:42 EDTX": UNKNOWN_ZONE,
    "2026-11-10T10:42:00+15:00": UNKNOWN_ZONE,
    "2026-11-10T10:42:00-05:75": UNKNOWN_ZONE,
    "4/3/2026": AMBIGUOUS,
    "04/03/26 10:05am": AMBIGUOUS,
    "4. 3. 2026": AMBIGUOUS,
    "1994-12-31": TOO_OLD,
    "1901-01-01 10:00": TOO_OLD,
    "0001-01-01T00:00:00+14:00": TOO_OLD,
    "1994-12-31T23:59:59-05:00": TOO_OLD,
    "1995-01-01T04:59:59Z": TOO_OLD,
    "12345": TOO_OLD,
    "100000000": TOO_OLD,
    "2026-11-25": AHEAD,
    "2026-11-24T16:06Z": AHEAD,
    "2026-11-24 11:06": AHEAD,
    "9999-12-31": AHEAD,
    "9999-12-31T23:59:59-14:00": AHEAD,
    "31 Dec 2094": AHEAD,
    "10 Nov 94": AHEAD,
    "99999": AHEAD,
    "9999999999": AHEAD,
    "9999999999999": AHEAD,
}


@pytest.mark.parametrize(("cell", "day"), DATES.items())
def test_a_date_without_a_time_is_that_date(cell: str, day: str) -> None:
    assert read(cell) == on(day)
    assert read(cell, also=["UTC", "Pacific/Kiritimati"]) == on(day)


@pytest.mark.parametrize(("cell", "moment"), MOMENTS.items())
def test_a_date_with_a_time_is_a_moment(cell: str, moment: str) -> None:
    assert read(cell) == at(moment)


@pytest.mark.parametrize(("cell", "reason"), REASONS.items(), ids=lambda value: str(value)[:40])
def test_all_else_has_its_reason(cell: str, reason: NoDate) -> None:
    assert read(cell) is reason


def test_every_reason_is_a_sentence_of_its_own_and_has_its_cell() -> None:
    reasons = {value for value in vars(dates).values() if isinstance(value, NoDate)}
    assert len({str(reason) for reason in reasons}) == len(reasons)
    assert reasons - set(REASONS.values()) == {NOT_DAY_FIRST, NOT_MONTH_FIRST}


@pytest.mark.parametrize("cells", [MOMENTS, DATES, REASONS], ids=["moments", "dates", "reasons"])
def test_a_mixed_column_reads_as_its_cells_alone_do_and_again_the_second_time(
    cells: dict[str, object],
) -> None:
    reader = DateReader(NEW_YORK, NOW)
    for _ in range(2):
        assert [reader.read(cell) for cell in cells] == [read(cell) for cell in cells]


def test_a_long_blank_tail_is_no_part_of_the_cell() -> None:
    assert read("2026-11-10" + " " * 10_000) == on("2026-11-10")


def test_a_settled_order_reads_every_cell_that_way_and_swaps_none() -> None:
    assert read("4/3/2026", order=DayOrder.DAY_FIRST) == on("2026-03-04")
    assert read("4/3/2026", order=DayOrder.MONTH_FIRST) == on("2026-04-03")
    assert read("4-3-26 4:42 PM", order=DayOrder.DAY_FIRST) == at("2026-03-04T16:42")
    assert read("10/25/2026", order=DayOrder.DAY_FIRST) is NOT_DAY_FIRST
    assert read("25/10/2026", order=DayOrder.MONTH_FIRST) is NOT_MONTH_FIRST
    assert read("2026-04-03", order=DayOrder.DAY_FIRST) == on("2026-04-03")
    assert read("31/31/2026", order=DayOrder.DAY_FIRST) is NO_DAY


@pytest.mark.parametrize("order", [DayOrder.UNDECIDED, DayOrder.CONTRADICTORY, DayOrder.NO_MATTER])
def test_without_a_settled_order_only_what_has_one_reading_is_read(order: DayOrder) -> None:
    assert read("25/10/2026", order=order) == on("2026-10-25")
    assert read("10/25/2026", order=order) == on("2026-10-25")
    assert read("5/5/2026", order=order) == on("2026-05-05")
    assert read("Wed 4/3/2026", order=order) == on("2026-03-04")  # 3 April 2026 is a Friday
    assert read("4/3/2026", order=order) is AMBIGUOUS


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        ([], DayOrder.NO_MATTER),
        (["2026-04-03", "", "4 March 2026", "1784628000", "x/y/z", "1.2.3.4"], DayOrder.NO_MATTER),
        (["5/5/2026", "31/31/2026"], DayOrder.NO_MATTER),
        (["4/3/2026", "5/5/2026"], DayOrder.UNDECIDED),
        (["4/3/2026", "25/3/2026"], DayOrder.DAY_FIRST),
        (["4/3/2026 10:00", "3/25/2026 4:42 PM"], DayOrder.MONTH_FIRST),
        (["03/25/26 10:05am"], DayOrder.MONTH_FIRST),
        (["25/3/2026", "3/25/2026"], DayOrder.CONTRADICTORY),
        (["\u200e25.\u00a03.\u00a02026"], DayOrder.DAY_FIRST),
        (["wed, 4/3/2026"], DayOrder.DAY_FIRST),
        (["25/3/2026 was a Wednesday", "25/3/2026" * 1000], DayOrder.NO_MATTER),
        (["12/11/2026"], DayOrder.UNDECIDED),
    ],
)
def test_the_order_of_a_column(cells: list[str], order: DayOrder) -> None:
    assert day_order(cells).order is order


def test_a_reading_that_lies_ahead_is_none() -> None:
    assert day_order(["12/11/2026"], today=TODAY).order is DayOrder.DAY_FIRST
    assert day_order(["11/12/2026"], today=TODAY).order is DayOrder.MONTH_FIRST
    assert day_order(["11/12/2027"], today=TODAY).order is DayOrder.NO_MATTER


def test_the_question_shows_both_readings() -> None:
    found = day_order([" 4/3/2026 ", "1/2/2026", "5/5/2026", "6/7/2026", "7/8/2026"])
    assert found.examples == (
        Example("4/3/2026", date(2026, 3, 4), date(2026, 4, 3)),
        Example("1/2/2026", date(2026, 2, 1), date(2026, 1, 2)),
        Example("6/7/2026", date(2026, 7, 6), date(2026, 6, 7)),
    )
    assert (found.only_day_first, found.only_month_first, found.both_ways) == (0, 0, 4)


def test_a_contradiction_is_shown_by_one_cell_of_each_kind() -> None:
    found = day_order(["25/3/2026", "26/3/2026", "4/3/2026", "3/25/2026"])
    assert [example.cell for example in found.examples] == ["25/3/2026", "3/25/2026", "4/3/2026"]
    assert found.examples[0].month_first is None
    assert (found.only_day_first, found.only_month_first, found.both_ways) == (2, 1, 1)


def test_a_skipped_local_time_counts_as_the_earlier_instant() -> None:
    assert read("2026-03-08 02:30") == at(
        "2026-03-08T06:30+00:00"
    )  # 01:30 before the change, not 03:30 after
    assert read("2026-03-08 01:59") == at("2026-03-08T06:59+00:00")
    assert read("2026-03-08 03:00") == at("2026-03-08T07:00+00:00")


def test_a_local_time_that_comes_twice_counts_as_the_earlier_instant() -> None:
    assert read("2026-11-01 01:30") == at("2026-11-01T05:30+00:00")
    assert read("2026-11-01 00:59") == at("2026-11-01T04:59+00:00")
    assert read("2026-11-01 02:00") == at("2026-11-01T07:00+00:00")


def test_a_midnight_that_clocks_skip_belongs_to_the_day_before() -> None:
    # In Santiago 6 September 2026 began at 01:00.
    received = read("2026-09-06 00:30", zone="America/Santiago")
    assert received == at("2026-09-06T03:30+00:00", "America/Santiago")
    assert received.day == date(2026, 9, 5)


def test_a_time_without_a_zone_counts_as_the_earlier_reading_where_the_day_changes() -> None:
    utc_too = DateReader(NEW_YORK, NOW, also=["UTC"])
    assert utc_too.read("2026-11-10 03:00") == at("2026-11-10T03:00+00:00")
    assert utc_too.read("2026-11-10 03:00").day == date(2026, 11, 9)
    for cell in ("2026-11-10 16:42", "2026-11-10 16:43", "2026-11-01 16:42"):
        assert utc_too.read(cell) == at(cell)  # the same day: the business's own zone stands
    assert utc_too.read("2026-11-10 03:00Z") == at("2026-11-10T03:00Z")
    pacific_too = DateReader(NEW_YORK, NOW, also=["America/Los_Angeles"])
    assert pacific_too.read("2026-11-10 23:00") == at("2026-11-10T23:00")  # hers is the earlier one


def test_who_knows_the_zone_in_which_times_were_written_is_believed() -> None:
    reader = DateReader(NEW_YORK, NOW, also=["Asia/Tokyo"], written="America/Los_Angeles")
    for _ in range(2):  # the second time the day's offset is remembered
        assert reader.read("2026-11-10 23:30") == at("2026-11-11T02:30")
        assert reader.read("2026-11-10 12:00") == at("2026-11-10T15:00")
        assert reader.read("46336.5") == at("2026-11-10T15:00")
        assert reader.read("11/10/26 11:30pm") is AMBIGUOUS
    assert reader.read("2026-11-10 23:30").day == date(2026, 11, 11)
    assert reader.read("2026-11-10 23:30Z") == at("2026-11-10T23:30Z")
    assert reader.read("1784628000") == at("2026-07-21T10:00Z")
    assert reader.read("2026-11-10") == on("2026-11-10")
    assert reader.read("2026-11-24 10:59") is AHEAD


def test_a_zone_ahead_of_ours_moves_the_day_back() -> None:
    received = read("2026-11-10 03:00", written="Asia/Tokyo")
    assert received == at("2026-11-09T18:00Z")
    assert received.day == date(2026, 11, 9)
    assert read("2026-11-25 00:30", written="Asia/Tokyo") == at("2026-11-24T15:30Z")


def test_where_the_business_changes_its_clocks_the_day_is_that_of_the_instant() -> None:
    reader = DateReader(NEW_YORK, NOW, written="UTC")
    for cell, day in (("03:59", "2026-10-31"), ("04:01", "2026-11-01"), ("23:00", "2026-11-01")):
        received = reader.read(f"2026-11-01 {cell}")
        assert received == at(f"2026-11-01T{cell}Z")
        assert received.day == date.fromisoformat(day)


def test_a_time_that_clocks_there_show_twice_counts_as_the_earlier_one() -> None:
    for _ in range(2):
        assert read("2026-11-01 01:30", zone="UTC", written=NEW_YORK) == at("2026-11-01T05:30Z", "UTC")


def test_the_business_s_own_zone_written_out_leaves_no_other_reading() -> None:
    reader = DateReader(NEW_YORK, NOW, also=["UTC"], written=NEW_YORK)
    for cell in ("2026-11-10 03:00", "2026-11-10 03:00", "2026-11-01 01:30"):
        assert reader.read(cell) == at(cell)


@pytest.mark.parametrize("cell", DATES)
def test_a_date_alone_has_no_time_that_could_carry_a_zone(cell: str) -> None:
    assert carries_zone(cell) is None


@pytest.mark.parametrize(("cell", "moment"), MOMENTS.items())
def test_whether_a_time_carries_its_zone(cell: str, moment: str) -> None:
    assert carries_zone(cell) is (datetime.fromisoformat(moment).tzinfo is not None)


@pytest.mark.parametrize(
    ("cell", "carries"),
    [
        ("4/3/2026 10:00", False),
        ("25/3/2026 10:00", False),
        ("3/25/2026 10:00 PST", True),
        ("4/3/2026", None),
    ],
)
def test_the_order_of_day_and_month_does_not_matter_for_that(cell: str, carries: bool | None) -> None:
    assert carries_zone(cell) is carries


@pytest.mark.parametrize("cell", ["", "yes", "10:42", "2026-11-10 25:00", "1" * 101, "12345"])
def test_what_is_no_moment_carries_no_zone(cell: str) -> None:
    assert carries_zone(cell) is None


def test_a_reading_that_lies_ahead_gives_way_to_one_that_does_not() -> None:
    for cells in (["2026-11-24 15:59"], ["2026-11-24 10:59", "2026-11-24 15:59"]):
        reader = DateReader(NEW_YORK, NOW, also=["UTC"])
        assert [reader.read(cell) for cell in cells][-1] == at("2026-11-24T15:59+00:00")
        assert reader.read("2026-11-24 16:30") is AHEAD
    assert read("2026-11-24 15:59") is AHEAD


def test_a_vendors_clock_may_be_a_little_ahead_but_never_into_tomorrow() -> None:
    assert read("2026-11-24T16:05Z") == at("2026-11-24T16:05Z")
    late = datetime(2026, 11, 25, 4, 58, tzinfo=UTC)
    assert isinstance(read("2026-11-25T04:59:59Z", now=late), Received)
    assert read("2026-11-25T05:00:00Z", now=late) is AHEAD


def test_the_memories_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "_MANY", 3)
    reader = DateReader(NEW_YORK, NOW)
    for number in range(1, 10):
        assert reader.read(f"2026-11-0{number}") == on(f"2026-11-0{number}")
        assert reader.read(f"{number} Nov 2026 10:0{number}") == at(f"2026-11-0{number}T10:0{number}")
    assert max(map(len, (reader._whole, reader._days, reader._clocks, reader._steady))) <= 3


MOMENT = st.datetimes(datetime(1995, 1, 2), datetime(2026, 11, 23), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)
TO_THE_SECOND = {
    "ISO": lambda m: m.isoformat(),
    "ISO with an offset": lambda m: m.astimezone(ZoneInfo("Asia/Kolkata")).isoformat(" "),
    "ISO, short offset": lambda m: m.astimezone(ZoneInfo("America/St_Johns")).strftime("%Y-%m-%dT%H:%M:%S%z"),
    "compact": lambda m: m.strftime("%Y%m%dT%H%M%SZ"),
    "Unix": lambda m: f"{m.timestamp():.0f}",
    "Unix, milliseconds": lambda m: f"{m.timestamp() * 1000 + 999:.0f}",
    "RFC 2822": lambda m: format_datetime(m.astimezone(ZoneInfo("Europe/Paris"))),
    "RFC 2822, GMT": lambda m: format_datetime(m, usegmt=True),
    "Go": lambda m: m.strftime("%Y-%m-%d %H:%M:%S.123456789 +0000 UTC m=+0.1"),
    "date": lambda m: m.strftime("%a %b %d %H:%M:%S UTC %Y"),
    "twelve hours": lambda m: m.strftime("%m/%d/%Y %I:%M:%S %p UTC"),
}
LOCAL = {
    "ISO": lambda m: m.strftime("%Y-%m-%d %H:%M:%S"),
    "compact": lambda m: m.strftime("%Y%m%dT%H%M%S"),
    "compact, figures alone": lambda m: m.strftime("%Y%m%d%H%M%S"),
    "asctime": lambda m: m.strftime("%a %b %d %H:%M:%S %Y"),
    "month first": lambda m: m.strftime("%m/%d/%Y %H:%M:%S"),
    "month name": lambda m: m.strftime("%B %d, %Y %I:%M:%S %p"),
    "serial": lambda m: f"{(m.replace(tzinfo=None) - datetime(1899, 12, 30)) / timedelta(days=1):.15G}",
}
DAY = {
    "ISO": lambda d: d.isoformat(),
    "compact": lambda d: d.strftime("%Y%m%d"),
    "month first": lambda d: d.strftime("%m/%d/%y"),
    "unpadded": lambda d: f"{d.month}.{d.day}.{d.year}",
    "month name": lambda d: d.strftime("%d %b %Y"),
    "long": lambda d: d.strftime("%A, %B %d, %Y"),
    "serial": lambda d: str((d - date(1899, 12, 30)).days),
}


@given(MOMENT, st.sampled_from(sorted(TO_THE_SECOND)))
def test_a_moment_written_with_its_zone_comes_back(moment: datetime, form: str) -> None:
    cell = TO_THE_SECOND[form](moment)
    assert read(cell, order=DayOrder.MONTH_FIRST) == received_at(moment, NEW_YORK)


@given(
    MOMENT,
    st.sampled_from(sorted(LOCAL)),
    st.sampled_from([NEW_YORK, "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata"]),
)
def test_a_moment_written_as_clocks_show_it_comes_back_as_the_earliest_it_can_be(
    moment: datetime, form: str, zone: str
) -> None:
    local = moment.astimezone(ZoneInfo(zone))
    reader = DateReader(zone, NOW, order=DayOrder.MONTH_FIRST)
    cell = LOCAL[form](local)
    if not cell.isdecimal() or len(cell) > 5:
        # Of midnight a serial is a date only.
        expected = received_at(local.replace(fold=0), zone)
        assert reader.read(cell) == expected
        assert reader.read(cell) == expected  # on the quick way, too


@given(MOMENT, st.sampled_from(["UTC", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Kiritimati"]))
def test_no_other_reading_has_an_earlier_day(moment: datetime, other: str) -> None:
    local = moment.replace(tzinfo=None)
    reader = DateReader(NEW_YORK, NOW, also=[other])
    readings = [
        received_at(local.replace(tzinfo=ZoneInfo(zone), fold=fold), NEW_YORK)
        for zone in (NEW_YORK, other)
        for fold in (0, 1)
    ]
    for _ in range(2):
        result = reader.read(local.isoformat(" "))
        assert result in readings
        assert result.day == min(reading.day for reading in readings)


@given(MOMENT.map(datetime.date), st.sampled_from(sorted(DAY)))
def test_a_day_comes_back(day: date, form: str) -> None:
    assert read(DAY[form](day), order=DayOrder.MONTH_FIRST) == received_on(day, NEW_YORK)


@given(st.lists(MOMENT.map(datetime.date), min_size=1), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]))
def test_the_order_found_is_never_the_wrong_one(days: list[date], form: str) -> None:
    found = day_order([day.strftime(form) for day in days])
    wrong = DayOrder.MONTH_FIRST if form.startswith("%d") else DayOrder.DAY_FIRST
    assert found.order not in (wrong, DayOrder.CONTRADICTORY)
    if found.order is DayOrder.NO_MATTER:
        assert all(day.day == day.month for day in days)


FRAGMENTS = re.findall(
    r"\S+", "0 1 9 12 31 99 1995 2026 46336 20110122 - / . : , T Z + am PM Nov Tue UTC m=+0.1 ٣ at e"
)
PIECES = st.lists(st.sampled_from([*FRAGMENTS, " ", "\u202f"]), max_size=14).map("".join)


@given(st.text() | PIECES, st.sampled_from(DayOrder))
def test_no_text_raises_and_no_receipt_is_out_of_bounds(cell: str, order: DayOrder) -> None:
    day_order([cell], today=TODAY)
    result = read(cell, order=order, also=["UTC"])
    assert isinstance(result, NoDate) or date(1995, 1, 1) <= result.day <= TODAY
    if isinstance(result, Received) and result.precision is Precision.MINUTE:
        assert result.instant.tzinfo is UTC
        assert result.instant <= NOW + dates.CLOCK_ERROR


def test_what_is_written_as_a_date_is_told_from_bare_figures():
    assert all(map(is_date, ("2026-01-01", "1/2/2026", "3 May 2026", "2026-03-02 17:40:05")))
    assert not any(map(is_date, ("12345", "20260101", "555-0101", "Jane", "")))
