"""The calendar file, read back by another program's parser and checked octet by octet where that is lenient."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from optoutdesk.desk import Desk
from optoutdesk.domain.errors import OutputError
from optoutdesk.services.calendar_file import escaped, folded

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
DUE = date(2026, 11, 25)


def record(desk: Desk, day: date, *addresses: str) -> None:
    service = desk.record_optout
    service.record(service.parse(addresses), service.received(day, NOW), now=NOW, by="Ana")


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """Three due on 25 November, one on the 30th, one overdue since the 23rd."""
    record(
        desk,
        date(2026, 11, 10),
        "maria.ortiz@lakeside.example",
        "j.ortiz@lakeside.example",
        "*@rival.example",
    )
    record(desk, date(2026, 11, 13), "hello@brightpaws.example")
    record(desk, date(2026, 11, 6), "late@shop.example")
    return desk


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "due.ics"


def events(file: Path) -> dict[date, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(file.read_bytes())
    assert calendar.errors == []
    assert all(event.errors == [] for event in calendar.walk("VEVENT"))
    return {event["DTSTART"].dt: event for event in calendar.walk("VEVENT")}


def test_there_is_one_event_a_day_with_how_many_are_due(busy: Desk, file: Path) -> None:
    written = busy.calendar_file.write(file, now=NOW)
    assert (written.path, written.days, written.requests) == (file, 3, 5)
    found = events(file)
    assert {day: str(event["SUMMARY"]) for day, event in found.items()} == {
        date(2026, 11, 23): "1 opt-out request is due",
        DUE: "3 opt-out requests are due",
        date(2026, 11, 30): "1 opt-out request is due",
    }
    assert all(event["DTEND"].dt == day + timedelta(days=1) for day, event in found.items())
    assert all(event["TRANSP"] == "TRANSPARENT" for event in found.values())
    assert all(event["DTSTAMP"].dt == NOW for event in found.values())


def test_no_address_is_in_it_unless_asked_for(busy: Desk, file: Path) -> None:
    busy.calendar_file.write(file, now=NOW)
    assert b"@lakeside" not in file.read_bytes().replace(b"\r\n ", b"")
    assert b"example" not in file.read_bytes().replace(b"\r\n ", b"")
    busy.calendar_file.write(file, now=NOW, with_addresses=True, overwrite=True)
    said = str(events(file)[DUE]["DESCRIPTION"]).splitlines()
    assert said[1:] == ["maria.ortiz@lakeside.example", "j.ortiz@lakeside.example", "*@rival.example"]


def alarms(event: icalendar.Event, day: date) -> list[datetime]:
    midnight = datetime.combine(day, datetime.min.time())
    return [midnight + alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]


def test_the_alarms_are_those_of_the_schedule_that_are_still_to_come(busy: Desk, file: Path) -> None:
    record(busy, date(2026, 11, 20), "new@shop.example")  # due 7 December
    busy.calendar_file.write(file, now=NOW)
    found = events(file)
    assert alarms(found[date(2026, 12, 7)], date(2026, 12, 7)) == [
        datetime(2026, 12, 2, 9),
        datetime(2026, 12, 4, 9),
        datetime(2026, 12, 7, 9),
    ]
    assert alarms(found[DUE], DUE) == [datetime(2026, 11, 25, 9)]
    assert alarms(found[date(2026, 11, 30)], date(2026, 11, 30)) == [
        datetime(2026, 11, 27, 9),  # Friday after Thanksgiving
        datetime(2026, 11, 30, 9),
    ]
    assert all(
        a["ACTION"] == "DISPLAY" and a["DESCRIPTION"] for e in found.values() for a in e.walk("VALARM")
    )


@pytest.mark.parametrize("time", ["00:00", "09:05", "23:59"])
def test_the_time_of_day_is_hers(busy: Desk, file: Path, time: str) -> None:
    busy.change_settings(replace(busy.settings, reminder_time=time, reminder_days=(2,)))
    record(busy, date(2026, 11, 20), "new@shop.example")
    busy.calendar_file.write(file, now=NOW)
    day = date(2026, 12, 7)
    assert [at.isoformat() for at in alarms(events(file)[day], day)] == [
        f"2026-12-03T{time}:00",
        f"2026-12-07T{time}:00",
    ]


def test_an_event_keeps_its_id_and_counts_up_so_that_a_calendar_replaces_it(busy: Desk, file: Path) -> None:
    busy.calendar_file.write(file, now=NOW)
    before = events(file)
    record(busy, date(2026, 11, 10), "bob@shop.example")
    busy.calendar_file.write(file, now=NOW + timedelta(hours=1), overwrite=True)
    after = events(file)
    assert {day: event["UID"] for day, event in before.items()} == {d: e["UID"] for d, e in after.items()}
    assert len({event["UID"] for event in after.values()}) == len(after)
    assert all(after[day]["SEQUENCE"] > before[day]["SEQUENCE"] for day in before)


def test_another_list_has_other_ids(busy: Desk, file: Path, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other", now=lambda: NOW)
    record(other, date(2026, 11, 10), "bob@shop.example")
    busy.calendar_file.write(file, now=NOW)
    first = events(file)[DUE]["UID"]
    other.calendar_file.write(file, now=NOW, overwrite=True)
    assert events(file)[DUE]["UID"] != first
    other.close()


def test_where_nothing_is_open_the_file_says_so(desk: Desk, file: Path) -> None:
    written = desk.calendar_file.write(file, now=NOW)
    assert (written.days, written.requests) == (0, 0)
    [(day, event)] = events(file).items()
    assert (day, str(event["SUMMARY"])) == (date(2026, 11, 24), "No opt-out request is open")


def test_a_file_is_replaced_only_where_that_was_said(busy: Desk, file: Path) -> None:
    file.write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        busy.calendar_file.write(file, now=NOW)
    assert file.read_text() == "mine"
    busy.calendar_file.write(file, now=NOW, overwrite=True)
    assert file.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    assert [path.name for path in file.parent.iterdir() if path.is_file()] == ["due.ics"]


def test_every_line_is_ended_and_folded_as_the_standard_has_it(busy: Desk, file: Path) -> None:
    record(
        busy, date(2026, 11, 10), *(f"someone.with.a.long.name.{n}@a-long-domain.example" for n in range(40))
    )
    busy.calendar_file.write(file, now=NOW, with_addresses=True)
    data = file.read_bytes()
    assert data.endswith(b"END:VCALENDAR\r\n")
    lines = data.removesuffix(b"\r\n").split(b"\r\n")
    assert all(0 < len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    assert len(str(events(file)[DUE]["DESCRIPTION"]).splitlines()) == 44


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=300))
@example("SUMMARY:" + "ü" * 200)
@example("SUMMARY:x" + "ü" * 200)
@example("\U0001f4c5" * 120)
@example("a" * 75)
@example("a" * 76)
def test_folding_splits_no_character_and_loses_nothing(text: str) -> None:
    data = folded(text)
    assert data.endswith(b"\r\n")
    parts = data[:-2].split(b"\r\n")
    assert all(len(part) <= 75 for part in parts)
    assert all(part.startswith(b" ") for part in parts[1:])
    whole = [parts[0].decode("utf-8"), *(part[1:].decode("utf-8") for part in parts[1:])]
    assert "".join(whole) == text


@given(
    st.text(
        st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"], whitelist_characters="\n"), max_size=80
    )
)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    lines = ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20261124T160000Z", f"SUMMARY:{escaped(text)}", "END:VEVENT"]
    event = icalendar.Event.from_ical(b"".join(map(folded, lines)))
    assert str(event["SUMMARY"]) == text


def test_twenty_thousand_open_requests_are_one_file(desk: Desk, file: Path) -> None:
    record(desk, date(2026, 11, 10), "p@shop.example")
    [one] = desk.store.open_requests()
    with desk.store.act("record opt-out", by="Ana", now=NOW) as act:
        act.add_requests([replace(one, key=f"p{n}@shop.example") for n in range(19_999)])
    written = desk.calendar_file.write(file, now=NOW, with_addresses=True)
    assert (written.days, written.requests) == (1, 20_000)
    assert str(events(file)[DUE]["SUMMARY"]) == "20,000 opt-out requests are due"
