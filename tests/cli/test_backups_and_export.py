"""`export`, `backups` and `restore`: what they write and say, in words and as JSON, and how they refuse."""

import csv
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from optoutdesk import __main__
from optoutdesk.desk import Desk
from optoutdesk.settings import Settings, save_settings

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    save_settings(folder / "settings.json", Settings(time_zone="America/New_York", person="Ana"))
    return folder


@pytest.fixture
def run(data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command at NOW, against a suppression list of its own; returns exit code, output, errors."""
    monkeypatch.setitem(Desk.__init__.__kwdefaults__, "now", lambda: NOW)

    def call(*words: object) -> tuple[int, str, str]:
        code = __main__.main(["--data", str(data), *map(str, words)])
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def backup(data: Path) -> Path:
    """A backup of the list as it stands."""
    desk = Desk(data)
    path = desk.backups.make(NOW).path
    desk.close()
    return path


def as_json(ran: tuple[int, str, str]) -> dict[str, object]:
    code, out, _ = ran
    assert code == 0
    value = json.loads(out)
    assert isinstance(value, dict)
    return value


def sentence(ran: tuple[int, str, str], code: int = 1) -> str:
    """The one sentence with which a command failed."""
    assert ran[:2] == (code, "")
    assert ran[2].startswith("optoutdesk: ")
    assert ran[2].count("\n") == 1
    return ran[2]


# -- export


def test_export_writes_the_list_and_says_so(run: Run, tmp_path: Path) -> None:
    run("add", "jane@example.com", "*@rival.example", "--received", "2026-11-10")
    file = tmp_path / "list.csv"
    assert run("export", "--output", file) == (0, f"2 entries\nwritten  {file}\n", "")
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert [(row["Address"], row["Kind"], row["Received"]) for row in rows] == [
        ("jane@example.com", "address", "2026-11-10"),
        ("*@rival.example", "domain", "2026-11-10"),
    ]


def test_export_for_a_third_party_hashes_and_warns(run: Run, tmp_path: Path) -> None:
    run("add", "jane@example.com", "*@rival.example")
    file = tmp_path / "list.txt"
    code, out, err = run("export", "--for", "third-party", "--output", file)
    assert (code, out) == (
        0,
        f"1 entry\n          1  domain left out: only addresses can be written there\nwritten  {file}\n",
    )
    assert "7704(a)(4)(A)(iv)" in err
    assert file.read_text() == hashlib.sha256(b"jane@example.com").hexdigest() + "\n"


def test_export_json_has_stable_keys_and_nothing_else_on_standard_output(run: Run, tmp_path: Path) -> None:
    run("add", "jane@example.com", "--scope", "Garden News")
    run("add", "*@rival.example")
    file = tmp_path / "up.csv"
    assert as_json(run("export", "--for", "mailchimp", "--output", file, "--json")) == {
        "entries": 1,
        "skipped": 1,
        "skipped_domains": 1,
        "skipped_hashes": 0,
        "widened": 1,
        "files": [str(file)],
        "warning": "",
    }
    warned = as_json(run("export", "--for", "third-party", "--output", tmp_path / "h.csv", "--json"))
    assert "7704(a)(4)(A)(iv)" in str(warned["warning"])


def test_export_for_a_platform_says_where_to_upload_it_and_what_is_not_sure(run: Run, tmp_path: Path) -> None:
    run("add", "jane@example.com")
    _, out, _ = run("export", "--for", "mailerlite", "--output", tmp_path / "up.csv")
    assert "\nupload   Import subscribers as unsubscribed" in out
    assert "\nnot confirmed by a source: that a file can be imported as unsubscribed\n" in out


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_export_hashes_as_it_is_told(run: Run, tmp_path: Path, algorithm: str) -> None:
    run("add", "Jane@Example.com")
    file = tmp_path / "list.txt"
    run("export", "--hash", algorithm, "--output", file)
    assert file.read_text() == hashlib.new(algorithm, b"jane@example.com").hexdigest() + "\n"


def test_export_gives_a_third_party_plain_addresses_only_on_a_word_of_hers(run: Run, tmp_path: Path) -> None:
    run("add", "jane@example.com")
    file = tmp_path / "list.txt"
    code, _, err = run("export", "--for", "third-party", "--plain-anyway", "--output", file)
    assert (code, file.read_text()) == (0, "jane@example.com\n")
    assert "7704(a)(4)(A)(iv)" in err


def test_export_takes_a_list_and_days(run: Run, tmp_path: Path) -> None:
    run("add", "jane@example.com", "--scope", "Garden News", "--received", "2026-11-10")
    run("add", "bob@example.com", "--scope", "Catalogue", "--received", "2026-11-11")
    run("add", "zoe@example.com", "--received", "2026-11-12")

    def exported(*words: object) -> list[str]:
        file = tmp_path / "list.txt"
        assert run("export", "--output", file, "--overwrite", *words)[0] == 0
        return file.read_text().split()

    assert exported("--scope", "garden news") == ["jane@example.com", "zoe@example.com"]
    assert exported("--since", "2026-11-11") == ["bob@example.com", "zoe@example.com"]
    assert exported("--until", "2026-11-11") == ["bob@example.com", "jane@example.com"]
    assert "Catalogue" in sentence(run("export", "--output", tmp_path / "x.txt", "--scope", "Catalog"), 2)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--output", "list.pdf"], 2, ".xlsx"),
        (["--output", "list.csv", "--for", "kit"], 2, "Kit has no upload"),
        (["--output", "list.csv", "--for", "mailchump"], 2, "mailchimp"),
        (["--output", "list.csv", "--since", "10.11.2026"], 2, "2026-11-10"),
        (["--output", "list.csv", "--since", "2026-11-02", "--until", "2026-11-01"], 2, "2026-11-02"),
        (["--output", "list.csv", "--hash", "crc32"], 2, "crc32"),
        ([], 2, "--output"),
    ],
)
def test_export_refuses_what_makes_no_sense(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert said in sentence(run("export", *words), code)
    assert not list(tmp_path.glob("list*"))


def test_export_replaces_a_file_only_when_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("hers")
    assert "exists already" in sentence(run("export", "--output", file))
    assert file.read_text() == "hers"


# -- backups and restore


def test_backups_says_when_there_is_none(run: Run) -> None:
    assert run("backups") == (0, "There is no backup yet. One is made before each import.\n", "")
    assert as_json(run("backups", "--json")) == {"backups": []}


def test_backups_lists_them_with_day_size_and_path(run: Run, backup: Path) -> None:
    code, out, err = run("backups")
    assert (code, err) == (0, "")
    assert out.startswith("2026-11-24 11:00 ")
    assert out.endswith(f" MB  {backup}\n")
    assert as_json(run("backups", "--json")) == {
        "backups": [{"file": str(backup), "at": "2026-11-24T16:00:00+00:00", "bytes": backup.stat().st_size}]
    }


def test_restore_puts_a_backup_back_and_names_the_one_it_made(run: Run, backup: Path) -> None:
    present = backup.with_name("optoutdesk-20261124T160000Z-2.sqlite")
    assert run("restore", backup) == (
        0,
        f"Put back: {backup}, 0 opt-out requests\nkept as it was before: {present}\n",
        "",
    )
    assert present.exists()


def test_restore_refuses_to_lose_opt_outs_and_names_them(run: Run, backup: Path) -> None:
    run("add", *(f"p{number}@example.com" for number in range(6)), "*@rival.example")
    said = sentence(run("restore", backup))
    assert "7 opt-outs recorded since would be lost" in said
    assert "p0@example.com, p1@example.com, p2@example.com, p3@example.com, p4@example.com and 2 more" in said
    assert "--drop-newer" in said
    assert run("check", "p0@example.com")[0] == 10


def test_restore_drops_newer_ones_when_told_and_they_can_come_back(run: Run, backup: Path) -> None:
    run("add", "jane@example.com")
    restored = as_json(run("restore", backup, "--drop-newer", "--by", "Ben", "--json"))
    assert restored["restored"] == str(backup)
    assert restored["requests"] == 0
    assert run("check", "jane@example.com")[0] == 0
    assert as_json(run("restore", restored["present_kept_as"], "--json"))["requests"] == 1
    assert run("check", "jane@example.com")[0] == 10
    assert as_json(run("verify", "--json"))["ok"] is True


def test_restore_of_a_damaged_list_is_only_done_when_told(run: Run, data: Path) -> None:
    run("add", "jane@example.com")
    desk = Desk(data)
    backup = desk.backups.make(NOW).path
    desk.close()
    file = data / "optoutdesk.sqlite"
    file.write_bytes(file.read_bytes()[:4096] + bytes(40_000))
    assert run("backups")[0] == 0
    assert "Give --drop-newer" in sentence(run("restore", backup))
    code, out, err = run("restore", backup, "--drop-newer")
    assert (code, err) == (0, "")
    assert "damaged" in out
    assert run("check", "jane@example.com")[0] == 10


@pytest.mark.parametrize("name", ["nowhere.sqlite", "list.csv"])
def test_restore_of_something_else_is_one_sentence(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "list.csv").write_text("E-mail\njane@example.com\n")
    assert name in sentence(run("restore", tmp_path / name))
