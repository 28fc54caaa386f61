"""The command line records consent only with who, when, how and what shows it, and keeps evidence of what it records."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from clock import NOW
from message_files import ASKED
from optoutdesk import __main__
from optoutdesk.desk import Desk
from optoutdesk.domain.requests import Kind
from optoutdesk.settings import Settings, save_settings

CONSENT = ("--when", "2026-11-20", "--how", "on paper", "--who", "Jane Doe")
SHA = hashlib.sha256(ASKED).hexdigest()
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    save_settings(folder / "settings.json", Settings(time_zone="America/New_York", person="Ana"))
    return folder


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setitem(Desk.__init__.__kwdefaults__, "now", lambda: NOW)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = __main__.main(["--data", str(folder), *arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    path = tmp_path / "please stop.eml"
    path.write_bytes(ASKED)
    return path


@pytest.fixture
def desk_of(folder: Path):
    """What is on record, read anew."""
    made: list[Desk] = []

    def do() -> Desk:
        made.append(Desk(folder, now=lambda: NOW))
        return made[-1]

    yield do
    for desk in made:
        desk.close()


def refused(run: Run, *arguments: str, code: int = 1) -> str:
    got, out, err = run(*arguments)
    assert (got, out) == (code, "")
    assert err.startswith("optoutdesk: ")
    assert err.count("\n") == 1
    return err


def test_somebody_opts_in_again(run: Run, desk_of) -> None:
    run("add", "jane@example.com", "--received", "2026-11-10")
    code, out, err = run(
        "optin", "jane@example.com", *CONSENT, "--evidence", "form of 20 November", "--by", "Ben"
    )
    assert (code, err) == (0, "")
    assert out == "jane@example.com: opted in again · all mail · may be mailed again\n"
    assert run("check", "jane@example.com")[0] == 0
    [opt_in] = desk_of().store.opt_ins_about((Kind.ADDRESS, "jane@example.com"))
    assert (opt_in.who, opt_in.how, opt_in.evidence, opt_in.by) == (
        "Jane Doe",
        "on paper",
        "form of 20 November",
        "Ben",
    )
    assert opt_in.at.isoformat() == "2026-11-20T05:00:00+00:00"  # the day's first moment in New York


def test_as_json_with_a_file_that_shows_it(run: Run, mail: Path, desk_of) -> None:
    import json

    run("add", "jane@example.com", "--received", "2026-11-10", "--scope", "Newsletter")
    code, out, _ = run("optin", "jane@example.com", *CONSENT, "--file", str(mail), "--json")
    assert code == 0
    assert json.loads(out) == {
        "address": "jane@example.com",
        "scope": "Newsletter",
        "at": "2026-11-20T00:00:00-05:00",
        "who": "Jane Doe",
        "how": "on paper",
        "evidence": "See the file",
        "files": [{"name": "please stop.eml", "sha256": SHA}],
        "may_mail": True,
    }
    [evidence] = desk_of().evidence.of([1])
    assert (evidence.opt_in, evidence.sha256) == (1, SHA)


def test_on_the_day_of_the_opt_out_it_stands(run: Run) -> None:
    run("add", "jane@example.com", "--received", "2026-11-20")
    assert "must be later than the opt-out" in refused(
        run, "optin", "jane@example.com", *CONSENT, "--evidence", "form"
    )
    assert run("check", "jane@example.com")[0] == 10


@pytest.mark.parametrize("missing", ["--when", "--how", "--who"])
def test_what_must_be_said(run: Run, missing: str) -> None:
    run("add", "jane@example.com", "--received", "2026-11-10")
    place = CONSENT.index(missing)
    some = CONSENT[:place] + CONSENT[place + 2 :]
    assert missing in refused(run, "optin", "jane@example.com", *some, "--evidence", "form", code=2)
    assert "Say what shows" in refused(run, "optin", "jane@example.com", *CONSENT)


def test_a_complaint_needs_the_address_once_more(run: Run) -> None:
    run("add", "jane@example.com", "--received", "2026-11-10", "--channel", "complaint")
    consent = ("optin", "jane@example.com", *CONSENT, "--evidence", "form")
    assert "This would end a complaint" in refused(run, *consent)
    assert "This would end a complaint" in refused(run, *consent, "--typed", "jane")
    assert run(*consent, "--typed", "jane@example.com")[0] == 0
    assert run("check", "jane@example.com")[0] == 0


def test_of_several_scopes_one_has_to_be_named_and_only_that_is_lifted(run: Run) -> None:
    for scope in ("Newsletter", "Catalogue"):
        run("add", "jane@example.com", "--received", "2026-11-10", "--scope", scope)
    consent = ("optin", "jane@example.com", *CONSENT, "--evidence", "form")
    assert "“Newsletter”, “Catalogue”. Say with --scope" in refused(run, *consent, code=2)
    assert run(*consent, "--scope", "newsletter")[0] == 0
    assert run("check", "jane@example.com", "--scope", "Newsletter")[0] == 0
    assert run("check", "jane@example.com", "--scope", "Catalogue")[0] == 10


def test_one_list_out_of_all_mail(run: Run) -> None:
    run("add", "jane@example.com", "--received", "2026-11-10")
    code, out, _ = run("optin", "jane@example.com", *CONSENT, "--evidence", "form", "--scope", "Newsletter")
    assert (code, out) == (0, "jane@example.com: opted in again · Newsletter · may be mailed again\n")
    assert run("check", "jane@example.com")[0] == 10


def test_who_has_not_opted_out_has_nothing_to_lift(run: Run) -> None:
    consent = (*CONSENT, "--evidence", "form")
    assert "jane@example.com has not opted out; nothing" in refused(
        run, "optin", "jane@example.com", *consent
    )
    run("add", "*@example.com", "--received", "2026-11-10")
    assert "*@example.com bars it" in refused(run, "optin", "jane@example.com", *consent)
    assert "one address" in refused(run, "optin", "a@a.example b@b.example", *consent, code=2)


def test_another_opt_out_that_still_bars_is_said(run: Run) -> None:
    run("add", "jane@example.com", "--received", "2026-11-10")
    run("add", "jane@example.com", "--received", "2026-11-22")
    code, out, _ = run("optin", "jane@example.com", *CONSENT, "--evidence", "form")
    assert (code, out.rpartition(" · ")[2]) == (0, "on record, but another opt-out still bars it\n")


# -- add


def test_add_keeps_evidence_and_counts_by_another_rule(run: Run, mail: Path, tmp_path: Path, desk_of) -> None:
    scan = tmp_path / "letter.pdf"
    scan.write_bytes(b"%PDF-1.7")
    code, out, err = run(
        *("add", "a@a.example", "b@a.example", "--received", "2026-11-20", "--policy", "australia"),
        *("--evidence", str(mail), "--evidence", str(scan)),
    )
    assert (code, err) == (0, "")
    assert out.splitlines()[2:] == [
        f"evidence  please stop.eml  SHA-256 {SHA}",
        f"evidence  letter.pdf  SHA-256 {hashlib.sha256(b'%PDF-1.7').hexdigest()}",
    ]
    desk = desk_of()
    assert [(e.request, e.name) for e in desk.evidence.of([1, 2])] == [
        *((1, "please stop.eml"), (1, "letter.pdf"), (2, "please stop.eml"), (2, "letter.pdf")),
    ]
    first = desk.store.request(1)
    assert first is not None
    assert (first.policy, desk.store.last_entry().seq) == ("australia", 1)
    assert desk.verify_ledger().holds


def test_add_with_a_file_that_is_no_evidence_records_nothing(
    run: Run, mail: Path, tmp_path: Path, folder: Path
) -> None:
    bad = tmp_path / "setup.exe"
    bad.write_bytes(b"MZ")
    sentence = refused(run, "add", "a@a.example", "--evidence", str(mail), "--evidence", str(bad))
    assert "“setup.exe” cannot be kept as evidence" in sentence
    assert run("check", "a@a.example")[0] == 0
    assert not (folder / "evidence").exists()


def test_add_with_a_rule_that_does_not_exist_says_what_there_is(run: Run) -> None:
    assert "can-spam, casl, australia" in refused(run, "add", "a@a.example", "--policy", "mars", code=2)
    assert run("check", "a@a.example")[0] == 0
