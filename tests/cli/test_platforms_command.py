"""`platforms` and `verify-platform`: where people are kept, and whether its own export agrees with what is on record."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

import import_samples
from export_samples import mailchimp_zip
from optoutdesk import __main__
from optoutdesk.cli.parser import make_parser
from optoutdesk.desk import Desk
from optoutdesk.settings import Settings, save_settings

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
ESP = Path(__file__).resolve().parents[1] / "spreadsheets" / "esp"
MARIA, HELLO, PETROV, JANE = (
    "maria.ortiz@lakeside.example",
    "hello@brightpaws.example",
    "z.petrov@kestrel.example",
    "jane@shop.example",
)


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        return json.loads(self.out)


@dataclass
class Shop:
    """A business in New York, its suppression list and a folder with files."""

    data: Path
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: object) -> Ran:
        code = __main__.main(["--data", str(self.data), *map(str, arguments)])
        return Ran(code, *self.capsys.readouterr())

    def export(self, name: str, rows: Sequence[Sequence[str]]) -> Path:
        return import_samples.write(self.folder / name, [list(row) for row in rows])

    def desk(self) -> Desk:
        return Desk(self.data, now=lambda: NOW)

    def entries(self) -> int:
        desk = self.desk()
        try:
            found = desk.verify_ledger()
            assert found.holds, found.wrong
            return found.entries
        finally:
            desk.close()


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setitem(Desk.__init__.__kwdefaults__, "now", lambda: NOW)
    save_settings(tmp_path / "data" / "settings.json", Settings(time_zone="America/New_York", person="Ana"))
    made = Shop(tmp_path / "data", tmp_path, capsys)
    made.run("add", MARIA, "--received", "2026-11-10", "--channel", "phone")
    made.run("add", HELLO, "--received", "2026-11-12")
    return made


def refused(shop: Shop, *arguments: object, code: int, says: str) -> None:
    """The command says one sentence and changes nothing."""
    before = shop.entries()
    ran = shop.run(*arguments)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("optoutdesk: ")
    assert ran.err.count("\n") == 1
    assert says in ran.err
    assert shop.entries() == before


# -- platforms


def test_without_a_platform_the_list_says_how_to_add_one(shop: Shop) -> None:
    assert shop.run("platforms").out == "There is no platform yet. Add one: optoutdesk platforms add NAME\n"
    assert shop.run("platforms", "--json").json == {"platforms": []}


def test_adding_counts_what_it_adds(shop: Shop) -> None:
    ran = shop.run("platforms", "add", "Mailchimp")
    assert ran.code == 0
    assert ran.out == "Mailchimp is added: 2 requests are to be done there, received since 2026-11-10.\n"
    assert (
        shop.run("platforms").out == "Mailchimp: 2 to remove · never verified · requests since 2026-11-10\n"
    )
    (only,) = shop.run("platforms", "--json").json["platforms"]
    assert only == {
        "name": "Mailchimp",
        "known": "mailchimp",
        "since": "2026-11-10",
        "to_remove": 2,
        "overdue": 0,
        "can_upload": True,
        "verified": None,
        "retired_at": None,
    }


def test_from_when_on_is_a_day_or_everyone_on_record(shop: Shop) -> None:
    shop.run("add", "old@a.example", "--received", "2026-05-04")
    shop.run("done", "old@a.example")
    assert shop.run("platforms", "add", "Kit", "--since", "2026-11-11", "--json").json["to_do"] == 1
    everyone = shop.run("platforms", "add", "Paper list", "--since", "all", "--by", "Ben")
    assert everyone.out.splitlines() == [
        "Paper list is added: 3 requests are to be done there, received since 2026-05-04.",
        "  1 OVERDUE",
        "  1 done elsewhere, open again until they are done there",
    ]
    desk = shop.desk()
    assert [(s.platform.name, s.platform.by) for s in desk.platforms.all(NOW)] == [
        ("Kit", "Ana"),
        ("Paper list", "Ben"),
    ]
    desk.close()


def test_a_second_account_is_named_and_said_to_be_known(shop: Shop) -> None:
    shop.run("platforms", "add", "Mailchimp")
    shop.run("platforms", "add", "Newsletter shop", "--known", "mailchimp")
    known = [each["known"] for each in shop.run("platforms", "--json").json["platforms"]]
    assert known == ["mailchimp", "mailchimp"]


def test_retiring_keeps_the_past(shop: Shop) -> None:
    shop.run("platforms", "add", "Kit")
    shop.run("platforms", "add", "Mailchimp")
    ran = shop.run("platforms", "retire", "kit")
    assert ran.out == "Kit is retired; 2 things to do there ended. Its past stays on record.\n"
    assert shop.run("platforms").out.splitlines()[0] == "Kit: retired 2026-11-24"
    retired = shop.run("platforms", "retire", "Mailchimp", "--json").json
    assert (retired["ended"], retired["platform"]["retired_at"]) == (2, "2026-11-24T11:00:00-05:00")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["add"], 2, "Say which platform: optoutdesk platforms add NAME"),
        (["retire"], 2, "Say which platform"),
        (["retire", "Kit"], 2, "There is no platform “Kit”"),
        (["add", "Mailchimp"], 1, "There is a platform “Mailchimp” already"),
        (["add", "mailchimp "], 1, "already"),
        (["add", "Kit", "--since", "yesterday"], 2, "“yesterday” is no day"),
        (["add", "Kit", "--since", "2027-01-01"], 1, "That day lies ahead"),
        (["add", "Kit", "--known", "nobody"], 2, "is no known platform"),
        (["add", " "], 1, "Give the platform a name"),
        (["add", "x" * 61], 1, "Give the platform a name"),
        (["remove", "Kit"], 2, "choose from"),
        (["--since", "2026-11-10"], 2, "--since and --known are for"),
        (["retire", "Mailchimp", "--known", "kit"], 2, "--since and --known are for"),
    ],
)
def test_bad_use_of_platforms_is_one_sentence_and_changes_nothing(shop: Shop, arguments, code, says) -> None:
    shop.run("platforms", "add", "Mailchimp")
    refused(shop, "platforms", *arguments, code=code, says=says)


# -- verify-platform


@pytest.fixture
def audience(shop: Shop) -> Path:
    """Maria is active there; Hello and two others left, one of whom bounced."""
    return mailchimp_zip(
        shop.folder,
        active=[MARIA, JANE],
        left=[(HELLO, "2026-11-12 20:00:00"), (PETROV, "2026-11-19 10:00:00")],
        bounced=[("deb@oakhill.example", "2026-11-13 10:00:00")],
    )


def test_somebody_still_active_is_exit_code_10_and_recorded(shop: Shop, audience: Path) -> None:
    shop.run("platforms", "add", "Mailchimp")
    ran = shop.run("verify-platform", "mailchimp", audience)
    assert ran.code == 10
    lines = ran.out.splitlines()
    assert lines[0] == "Mailchimp, audience_export_8f2c.zip: 2 active, 3 unsubscribed"
    assert [" ".join(line.split()) for line in lines[1:5]] == [
        "1 opted out here, STILL ACTIVE there",
        "2 unsubscribed there, unknown here, 1 of them bounced",
        "1 agree on both sides",
        f"{MARIA}: remove by 2026-11-25",
    ]
    assert lines[5].startswith("Recorded: 1 verified. SHA-256 ")
    (only,) = shop.run("platforms", "--json").json["platforms"]
    assert (only["to_remove"], only["verified"]["still_active"], only["verified"]["verified"]) == (1, 1, 1)


def test_the_json_has_everybody(shop: Shop, audience: Path) -> None:
    shop.run("platforms", "add", "Mailchimp")
    found = shop.run("verify-platform", "Mailchimp", audience, "--json").json
    assert {
        key: found[key]
        for key in ("platform", "active", "opted_out", "agree", "bounced", "verified", "reopened")
    } == {
        "platform": "Mailchimp",
        "active": 2,
        "opted_out": 3,
        "agree": 1,
        "bounced": 1,
        "verified": 1,
        "reopened": 0,
    }
    assert found["file"] == str(audience)
    assert len(found["sha256"]) == 64
    assert found["still_active"] == [
        {"address": MARIA, "key": MARIA, "received": "2026-11-10", "due": "2026-11-25"}
    ]
    assert found["unknown_here"] == [
        {"address": PETROV, "there": "Unsubscribed", "since": "2026-11-19", "bounced": False},
        {"address": "deb@oakhill.example", "there": "Bounced", "since": "2026-11-13", "bounced": True},
    ]
    assert (found["recorded"], found["batch"], found["files"]) == (True, None, [])


def test_when_both_sides_agree_the_exit_code_is_0(shop: Shop) -> None:
    shop.run("platforms", "add", "Mailchimp")
    left = [(MARIA, "2026-11-12 20:00:00"), (HELLO, "2026-11-12 20:00:00")]
    path = mailchimp_zip(shop.folder, active=[JANE], left=left)
    ran = shop.run("verify-platform", "Mailchimp", path)
    assert ran.code == 0
    assert "Recorded: 2 verified." in ran.out
    assert shop.run("platforms").out.startswith(
        "Mailchimp: nothing to remove · verified 2026-11-24, 0 differences"
    )


def test_a_dry_run_records_nothing(shop: Shop, audience: Path) -> None:
    shop.run("platforms", "add", "Mailchimp")
    before = shop.entries()
    ran = shop.run("verify-platform", "Mailchimp", audience, "--dry-run")
    assert ran.code == 10
    assert "Recorded" not in ran.out
    found = shop.run("verify-platform", "Mailchimp", audience, "--dry-run", "--json").json
    assert (found["recorded"], found["verified"]) == (False, 1)
    assert shop.entries() == before


def test_taking_over_is_an_import_that_undo_takes_back(shop: Shop, audience: Path) -> None:
    shop.run("platforms", "add", "Mailchimp")
    ran = shop.run("verify-platform", "Mailchimp", audience, "--take-over")
    assert "Taken over: 2. Batch 1; `optoutdesk undo 1` takes it back." in ran.out
    assert shop.run("check", PETROV).code == 10
    assert shop.run("check", "deb@oakhill.example").code == 10
    (only,) = shop.run("platforms", "--json").json["platforms"]
    assert only["to_remove"] == 1, "nothing is to be done there for whom it named itself"
    shop.run("undo", "1")
    assert shop.run("check", PETROV).code == 0


def test_who_is_still_active_is_written_in_the_shape_of_the_platform(shop: Shop, audience: Path) -> None:
    shop.run("platforms", "add", "Mailchimp")
    ran = shop.run("verify-platform", "Mailchimp", audience, "--output", shop.folder / "active.csv")
    assert (shop.folder / "active.csv").read_text("utf-8").splitlines() == ["Email Address", MARIA]
    assert "upload   Add contacts" in ran.out


def test_her_own_spreadsheet_is_compared_with_its_columns_said(shop: Shop) -> None:
    shop.run("platforms", "add", "QuickBooks")
    rows = [
        ["Customer", "Contact", "Account manager"],
        ["A", MARIA, "boss@a.example"],
        ["B", JANE, "boss@a.example"],
    ]
    path = shop.export("customers.csv", rows)
    arguments = ("--map", "address=Contact", "--map", "leave-out=Account manager")
    found = shop.run("verify-platform", "QuickBooks", path, *arguments, "--json")
    assert found.code == 10
    assert [each["address"] for each in found.json["still_active"]] == [MARIA]
    assert found.json["notes"] == ["customers.csv was not recognized as an export of QuickBooks."]
    assert found.json["absent"] == 1


@pytest.mark.parametrize(
    ("file", "platform", "active"),
    [("mailerlite.csv", "MailerLite", "bo@netlane.example"), ("aweber.csv", "AWeber", "bo@netlane.example")],
)
def test_status_columns_are_understood_as_the_import_understands_them(
    shop: Shop, file: str, platform: str, active: str
) -> None:
    shop.run("add", active, "--received", "2026-11-10")
    shop.run("platforms", "add", platform)
    path = shop.folder / file
    path.write_bytes((ESP / file).read_bytes())
    found = shop.run("verify-platform", platform, path, "--json").json
    assert [each["key"] for each in found["still_active"]] == [active]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["Kit", "FILE"], 2, "There is no platform “Kit”"),
        (["Mailchimp", "nowhere.csv"], 1, "nowhere.csv"),
        (["Mailchimp", "KLAVIYO"], 1, "is an export of Klaviyo, not of Mailchimp"),
        (["Mailchimp", "FILE", "--output", "list.xlsx"], 2, "Give a name that ends in .csv"),
        (["Mailchimp", "FILE", "--output", "TAKEN"], 1, "exists already"),
        (["Mailchimp", "FILE", "--output", "no/such/folder.csv"], 1, "There is no folder"),
        (["Mailchimp", "FILE", "--dry-run", "--take-over"], 2, "--dry-run writes nothing"),
        (["Mailchimp", "FILE", "--profile", "nobody"], 2, "There is no profile nobody"),
        (["Mailchimp", "FILE", "--map", "address"], 2, "is no mapping"),
        (["Mailchimp"], 2, "FILE"),
    ],
)
def test_bad_use_of_verify_platform_is_one_sentence_and_changes_nothing(
    shop: Shop, audience: Path, arguments, code, says
) -> None:
    shop.run("platforms", "add", "Mailchimp")
    taken = shop.folder / "taken.csv"
    taken.write_text("mine", "utf-8")
    klaviyo = shop.folder / "klaviyo.csv"
    klaviyo.write_bytes((ESP / "klaviyo.csv").read_bytes())
    places = {"FILE": audience, "TAKEN": taken, "KLAVIYO": klaviyo}
    refused(shop, "verify-platform", *(places.get(each, each) for each in arguments), code=code, says=says)
    assert taken.read_text("utf-8") == "mine"


def test_without_a_platform_it_says_how_to_add_one(shop: Shop, audience: Path) -> None:
    refused(
        shop, "verify-platform", "Mailchimp", audience, code=2, says="Add one: optoutdesk platforms add NAME"
    )


def test_the_options_of_reading_are_those_of_the_import() -> None:
    import argparse

    [choices] = [a.choices for a in make_parser()._actions if isinstance(a, argparse._SubParsersAction)]

    def options(name: str) -> set[str]:
        return {option for action in choices[name]._actions for option in action.option_strings}

    assert {"--map", "--sheet", "--profile", "--dry-run", "--zone", "--day-first", "--no-header"} <= options(
        "verify-platform"
    )
    assert options("import") - options("verify-platform") == {"--review-file", "--remember"}
