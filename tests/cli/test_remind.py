"""`remind` and `export-due`: for scripts, cron and calendars."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import icalendar
import pytest

from optoutdesk import __main__
from optoutdesk.desk import Desk
from optoutdesk.settings import Settings, save_settings

Run = Callable[..., tuple[int, str, str]]


class Clock:
    now = datetime(2026, 11, 24, 16, tzinfo=UTC)  # Tuesday, 11:00 in New York


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    save_settings(folder / "settings.json", Settings(time_zone="America/New_York", person="Ana"))
    return folder


@pytest.fixture
def run(
    folder: Path, clock: Clock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    monkeypatch.setitem(Desk.__init__.__kwdefaults__, "now", lambda: clock.now)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = __main__.main(["--data", str(folder), *arguments])
        return (code, *capsys.readouterr())

    return run


@pytest.fixture
def four(run: Run) -> None:
    run("add", "slow@shop.example", "--received", "2026-11-20", "--scope", "Garden News")  # due 7 December
    run("add", "*@lakeside.example", "--received", "2026-11-10")  # due tomorrow
    run("add", "late@shop.example", "--received", "2026-11-06")  # due yesterday
    run("add", "new@shop.example")


def test_where_nothing_is_due_it_says_so_and_exits_0(run: Run) -> None:
    assert run("remind") == (0, "No opt-out request is due.\n", "")
    run("add", "new@shop.example")
    assert run("remind") == (0, "No opt-out request is due.\n", "")


def test_what_is_due_is_one_line_each_overdue_first_and_exits_10(run: Run, four: None) -> None:
    code, out, err = run("remind")
    assert (code, err) == (10, "")
    assert out.splitlines() == [
        "2026-11-23  OVERDUE            late@shop.example · all mail",
        "2026-11-25  due tomorrow       *@lakeside.example · all mail",
        "2026-12-07  own target missed  slow@shop.example · Garden News",
    ]


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (datetime(2026, 11, 20, 4, 59, tzinfo=UTC), 0),  # the evening before
        (datetime(2026, 11, 20, 5, 0, tzinfo=UTC), 10),  # three business days before, from the first minute
        (datetime(2026, 11, 25, 6, tzinfo=UTC), 10),
        (datetime(2026, 12, 25, 6, tzinfo=UTC), 10),
    ],
)
def test_the_exit_code_follows_the_calendar(
    run: Run, clock: Clock, folder: Path, now: datetime, code: int
) -> None:
    save_settings(folder / "settings.json", Settings(time_zone="America/New_York", remind_target=False))
    run("add", "maria.ortiz@lakeside.example", "--received", "2026-11-10")
    clock.now = now
    assert run("remind")[0] == code


def test_asking_changes_nothing(run: Run, four: None) -> None:
    assert run("remind") == run("remind")


def test_the_json_tells_the_same(run: Run, four: None) -> None:
    code, out, err = run("remind", "--json")
    told = json.loads(out)
    assert (code, err, told["today"]) == (10, "", "2026-11-24")
    assert [(each["key"], each["why"], each["days_left"]) for each in told["due"]] == [
        ("late@shop.example", "overdue", -1),
        ("*@lakeside.example", "due", 1),
        ("slow@shop.example", "target-missed", 8),
    ]
    assert told["due"][2] == {
        "address": "slow@shop.example",
        "key": "slow@shop.example",
        "received": "2026-11-20",
        "due": "2026-12-07",
        "own_target": "2026-11-22T00:00:00-05:00",
        "days_left": 8,
        "why": "target-missed",
        "scope": "Garden News",
    }
    run("add", "late@shop.example")


def test_the_json_of_nothing(run: Run) -> None:
    assert json.loads(run("remind", "--json")[1]) == {"today": "2026-11-24", "due": []}


# -- the calendar file


def test_the_due_dates_become_a_calendar_file(run: Run, four: None, tmp_path: Path) -> None:
    file = tmp_path / "due.ics"
    assert run("export-due", str(file)) == (0, f"4 due dates, 4 open requests\nwritten  {file}\n", "")
    events = icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert len(events) == 4
    assert b"@shop" not in file.read_bytes().replace(b"\r\n ", b"")


def test_addresses_only_where_they_are_asked_for(run: Run, four: None, tmp_path: Path) -> None:
    file = tmp_path / "due.ics"
    code, out, _ = run("export-due", str(file), "--with-addresses", "--json")
    assert (code, json.loads(out)) == (0, {"file": str(file), "days": 4, "requests": 4})
    assert b"late@shop.example" in file.read_bytes().replace(b"\r\n ", b"")


def test_a_file_is_replaced_only_with_overwrite(run: Run, four: None, tmp_path: Path) -> None:
    file = tmp_path / "due.ics"
    file.write_text("mine")
    code, out, err = run("export-due", str(file))
    assert (code, out) == (1, "")
    assert "--overwrite" in err
    assert file.read_text() == "mine"
    assert run("export-due", str(file), "--overwrite")[0] == 0


def test_another_ending_is_no_calendar_file(run: Run, four: None, tmp_path: Path) -> None:
    code, _, err = run("export-due", str(tmp_path / "due.csv"))
    assert (code, err) == (2, "optoutdesk: A calendar file ends in .ics. Give such a name.\n")
    assert not (tmp_path / "due.csv").exists()


def test_one_of_each_is_told_in_the_singular(run: Run, tmp_path: Path) -> None:
    run("add", "new@shop.example")
    assert run("export-due", str(tmp_path / "due.ICS"))[1].startswith("1 due date, 1 open request\n")
