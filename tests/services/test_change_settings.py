"""Changing what decides due dates: it is counted, recorded, and moves no request on record; a crash loses neither half."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from clock import NOW
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import StoreBusyError, UsageError
from optoutdesk.domain.requests import Kind, OptOutRequest
from optoutdesk.services import change_settings
from optoutdesk.services.change_settings import SettingsPlan
from optoutdesk.services.changes import Changes
from optoutdesk.settings import Settings, load_settings, save_settings

TOLD = [
    ("maria.ortiz@lakeside.example", date(2026, 11, 10)),  # over Veterans Day and no other holiday
    ("j.okafor@northgate.example", date(2026, 11, 20)),  # over Thanksgiving
    ("p.lindqvist@fjord.example", date(2026, 11, 24)),  # over Thanksgiving
    ("5551234567@vtext.com", date(2026, 11, 20)),  # a telephone: 10 calendar days, whatever else counts
]


def record(desk: Desk, address: str, received: datetime | date) -> OptOutRequest:
    service, now = desk.record_optout, desk.now()
    recorded, _ = service.record(
        service.find(address).entries, service.received(received, now), now=now, by="Ana"
    )
    return recorded[0].request


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A desk with open requests."""
    for address, received in TOLD:
        record(desk, address, received)
    return desk


def told(desk: Desk) -> list[tuple[str, str, str, int]]:
    return [(c.name, c.before, c.after, c.would_change) for c in reversed(desk.store.setting_changes())]


def entries(desk: Desk) -> list[tuple[str, str]]:
    return [(e.act, e.by) for e in desk.store._entries()]


@pytest.mark.parametrize(
    ("changed", "plan"),
    [
        ({"holidays_count": True}, SettingsPlan(3, 3, 0, 4)),
        ({"policy": "casl"}, SettingsPlan(3, 3, 0, 4)),  # neither day is a holiday in Canada
        ({"policy": "australia"}, SettingsPlan(4, 4, 0, 4)),  # five days, at the telephone too
        ({"policy": "uk-eu"}, SettingsPlan(4, 4, 0, 4)),
        ({"province": "ON"}, SettingsPlan(0, 0, 0, 4)),  # it matters to Canada only
        ({"time_zone": "America/Chicago"}, SettingsPlan(0, 0, 0, 4)),  # days without a time stay those days
        ({"own_target_hours": 12}, SettingsPlan(0, 0, 0, 4)),
        ({}, SettingsPlan(0, 0, 0, 4)),
    ],
)
def test_a_plan_counts_what_would_be_due_on_another_day(
    busy: Desk, changed: dict[str, object], plan: SettingsPlan
) -> None:
    assert busy.settings_changes.plan(replace(busy.settings, **changed)) == plan


def test_a_plan_tells_earlier_and_later_apart(desk: Desk) -> None:
    desk.change_settings(replace(desk.settings, policy="casl", province="ON"))
    record(desk, "maria.ortiz@lakeside.example", date(2026, 10, 9))  # over Thanksgiving of Ontario
    desk.change_settings(replace(desk.settings, policy="australia"))
    record(desk, "j.okafor@northgate.example", date(2026, 11, 20))
    assert desk.settings_changes.plan(replace(desk.settings, policy="casl", province="")) == SettingsPlan(
        2, 1, 1, 2
    )


def test_a_request_at_a_late_hour_has_another_day_in_another_zone(desk: Desk) -> None:
    record(
        desk, "maria.ortiz@lakeside.example", datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
    )  # 23 Nov in New York
    west = desk.settings_changes.plan(replace(desk.settings, time_zone="America/Los_Angeles"))
    east = desk.settings_changes.plan(replace(desk.settings, time_zone="Europe/Berlin"))
    assert (west.would_change, east.later) == (0, 1)


def test_done_requests_are_not_counted(busy: Desk) -> None:
    request = busy.store.open_requests()[0]
    busy.due_requests.mark_done([request.id], now=NOW, by="Ana")
    assert busy.settings_changes.plan(replace(busy.settings, policy="uk-eu")).open == 3


def test_no_request_on_record_moves_when_the_policy_is_changed(busy: Desk) -> None:
    def shown(desk: Desk) -> list[object]:
        today = desk.due_requests.today(NOW)
        register = desk.register.history(Kind.ADDRESS, TOLD[1][0], NOW)
        return [
            [(d.request, d.days_left, d.strip) for d in today.requests],
            (register.clock and register.clock.strip, register.requests),
        ]

    before = shown(busy)
    new = replace(busy.settings, policy="casl", province="ON", holidays_count=True)
    assert busy.settings_changes.apply(new, by="Ana", now=NOW) is Changes.SETTINGS
    assert busy.counting.policy.id == "casl"
    assert shown(busy) == before
    assert shown(Desk(busy.paths.folder, now=lambda: NOW)) == before
    later = record(busy, "new@shop.example", date(2026, 11, 20))
    assert (later.policy, later.due) == ("casl", date(2026, 12, 4))


def test_what_decides_due_dates_is_recorded_with_how_many_would_change(busy: Desk) -> None:
    new = replace(busy.settings, policy="casl", holidays_count=True, business_name="Lakeside")
    busy.settings_changes.apply(new, by="Ben", now=NOW)
    assert told(busy) == [("policy", "can-spam", "casl", 3), ("holidays_count", "no", "yes", 3)]
    assert entries(busy)[-1] == ("change setting", "Ben")
    assert busy.verify_ledger().holds
    assert load_settings(busy.paths.settings) == busy.settings == new


def test_other_settings_are_just_saved(busy: Desk) -> None:
    before = entries(busy)
    new = replace(busy.settings, business_name="Lakeside", own_target_hours=24, staff=("Ana", "Ben"))
    assert busy.settings_changes.decides(new) == []
    busy.settings_changes.apply(new, by="Ana", now=NOW)
    assert entries(busy) == before
    assert load_settings(busy.paths.settings).own_target_hours == 24
    assert busy.counting.own_target_hours == 24


@pytest.mark.parametrize(
    "wrong", [{"policy": "mars"}, {"province": "XX"}, {"time_zone": "Mars/Olympus"}, {"own_target_hours": 0}]
)
def test_settings_that_make_no_sense_are_refused_and_nothing_is_recorded(
    busy: Desk, wrong: dict[str, object]
) -> None:
    before = busy.settings, entries(busy)
    new = replace(busy.settings, **wrong)
    with pytest.raises(UsageError, match=next(iter(wrong)).replace("_", ".")):
        busy.settings_changes.apply(new, by="Ana", now=NOW)
    with pytest.raises(UsageError):
        busy.settings_changes.plan(new)
    assert (busy.settings, entries(busy)) == before


def test_where_the_list_cannot_be_written_the_settings_stay(
    busy: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Desk(busy.paths.folder, now=lambda: NOW, busy_seconds=0.05)
    new = replace(other.settings, policy="casl")
    with busy.store.act("a long act", by="Ben", now=NOW) as act:
        act.leave_no_entry()
        with pytest.raises(StoreBusyError):
            other.settings_changes.apply(new, by="Ana", now=NOW)
    other.close()
    assert load_settings(busy.paths.settings).policy == "can-spam"
    assert told(busy) == []


def test_where_the_file_cannot_be_written_the_ledger_says_that_all_is_as_before(
    busy: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: Path, _settings: Settings) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("optoutdesk.desk.save_settings", full)
    with pytest.raises(OSError, match="No space left"):
        busy.settings_changes.apply(replace(busy.settings, policy="casl"), by="Ana", now=NOW)
    assert busy.settings.policy == load_settings(busy.paths.settings).policy == "can-spam"
    assert told(busy) == [("policy", "can-spam", "casl", 3), ("policy", "casl", "can-spam", 0)]


def test_a_crash_between_ledger_and_file_shows_at_the_next_start(
    busy: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_arguments: object, **_named: object) -> None:
        raise Killed

    monkeypatch.setattr("optoutdesk.desk.save_settings", killed)
    monkeypatch.setattr(change_settings.ChangeSettings, "catch_up", lambda *_a, **_n: None)  # it is dead
    with pytest.raises(Killed):
        busy.settings_changes.apply(replace(busy.settings, policy="casl"), by="Ana", now=NOW)
    monkeypatch.undo()
    assert told(busy) == [("policy", "can-spam", "casl", 3)]
    again = Desk(busy.paths.folder, now=lambda: NOW)
    again.settings_changes.catch_up(now=NOW)
    assert told(again)[1:] == [("policy", "casl", "can-spam", 0)]
    assert again.store.setting_changes()[0].by == ""
    before = entries(again)
    again.settings_changes.catch_up(now=NOW)
    assert entries(again) == before
    assert again.people() == ["Ana"]  # nobody is no name
    again.close()


def test_a_setting_changed_in_the_file_by_hand_is_recorded_at_the_next_start(busy: Desk) -> None:
    busy.settings_changes.apply(replace(busy.settings, policy="casl"), by="Ana", now=NOW)
    save_settings(busy.paths.settings, replace(busy.settings, policy="uk-eu"))
    again = Desk(busy.paths.folder, now=lambda: NOW)
    again.settings_changes.catch_up(now=NOW)
    assert told(again)[-1] == ("policy", "casl", "uk-eu", 4)
    again.close()


def test_without_any_change_on_record_nothing_is_caught_up(busy: Desk) -> None:
    before = entries(busy)
    busy.settings_changes.catch_up(now=NOW)
    assert entries(busy) == before


# -- who does what


def test_who_works_is_chosen_once_in_a_session_and_not_kept(desk: Desk) -> None:
    assert desk.person == "Ana"
    assert not desk.person_chosen
    desk.act_as(" Ben ")
    assert desk.person == "Ben"
    assert desk.person_chosen
    assert Desk(desk.paths.folder).person == "Ana"


def test_people_are_the_staff_and_whoever_has_recorded_something(desk: Desk) -> None:
    desk.change_settings(replace(desk.settings, staff=("Zoe", "Ben")))
    record(desk, "maria.ortiz@lakeside.example", date(2026, 11, 20))
    assert desk.people() == ["Zoe", "Ben", "Ana"]
