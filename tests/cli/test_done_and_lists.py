"""The commands `due`, `done` and `lists`: what is to be done where, that it was done, and which lists are still safe."""

from pathlib import Path

import pytest
from running import Ran, Run, failed

JANE, BOB = "jane@example.com", "bob@example.com"


@pytest.fixture
def desk(run: Run) -> Run:
    """Two people, both open at Mailchimp and at Outlook contacts."""
    for name in ("Mailchimp", "Outlook contacts"):
        run("platforms", "add", name, "--since", "2026-11-01")
    run("add", JANE, "--received", "2026-11-10T16:42", "--channel", "phone")
    run("add", BOB, "*@rival.example", "--received", "2026-11-20")
    return run


def todo(run: Run) -> dict[str, dict[str, str]]:
    """Return the state at each platform, by address."""
    requests = run("due", "--json").json["requests"]
    return {item["key"]: {each["name"]: each["state"] for each in item["platforms"]} for item in requests}


# -- due


def test_due_says_what_is_to_be_done_where(desk: Run) -> None:
    desk("done", JANE, "--platform", "mailchimp")
    assert desk("due").out.splitlines() == [
        "2026-11-25  1 business day left      jane@example.com · all mail · to do: Outlook contacts · done: Mailchimp",
        "2026-12-07  8 business days left     bob@example.com · all mail · to do: Mailchimp, Outlook contacts",
        "2026-12-07  8 business days left     *@rival.example · all mail · to do: Mailchimp, Outlook contacts",
    ]


def test_due_as_json_has_all_a_script_needs(desk: Run) -> None:
    assert desk("due", "--json").json["requests"][0] == {
        "address": JANE,
        "key": JANE,
        "received": "2026-11-10T16:42:00-05:00",
        "due": "2026-11-25",
        "own_target": "2026-11-12T16:42:00-05:00",
        "days_left": 1,
        "state": "due-soon",
        "scope": "all",
        "channel": "phone",
        "platforms": [
            {"name": "Mailchimp", "state": "open"},
            {"name": "Outlook contacts", "state": "open"},
        ],
        "assigned": None,
    }


# -- done


def test_done_at_one_platform_leaves_the_others_open(desk: Run) -> None:
    ran = desk("done", JANE, "--platform", "Mailchimp")
    assert ran.out == "jane@example.com: done at Mailchimp · still open at Outlook contacts\n"
    assert ran.code == 0
    assert todo(desk)[JANE] == {"Mailchimp": "removed", "Outlook contacts": "open"}


def test_done_without_a_platform_is_done_everywhere(desk: Run) -> None:
    ran = desk("done", JANE, "*@rival.example", "--json")
    assert ran.json == {
        "done": [
            {
                "address": address,
                "key": address,
                "due": due,
                "platforms": ["Mailchimp", "Outlook contacts"],
                "still_open": [],
            }
            for address, due in ((JANE, "2026-11-25"), ("*@rival.example", "2026-12-07"))
        ]
    }
    assert list(todo(desk)) == [BOB]


def test_done_where_there_is_no_platform(run: Run) -> None:
    run("add", JANE)
    assert run("done", JANE).out == "jane@example.com: done\n"
    assert run("due").out == "No request is open.\n"


def test_never_there_is_a_state_of_its_own(desk: Run) -> None:
    ran = desk("done", BOB, "--platform", "outlook contacts", "--not-there")
    assert ran.out == "bob@example.com: never there at Outlook contacts · still open at Mailchimp\n"
    assert todo(desk)[BOB] == {"Mailchimp": "open", "Outlook contacts": "not-there"}


def test_done_on_a_day_by_somebody_is_in_the_history(desk: Run, folder: Path) -> None:
    from optoutdesk.desk import Desk
    from optoutdesk.domain.requests import Kind

    desk("done", JANE, "--platform", "Mailchimp", "--on", "2026-11-16", "--by", "Ben")
    opened = Desk(folder)
    (event,) = opened.register.history(Kind.ADDRESS, JANE, opened.now()).events
    opened.close()
    assert (event.by, event.at.isoformat()) == ("Ben", "2026-11-16T05:00:00+00:00")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ((JANE, "nobody@example.com"), 1, "Nothing is open for nobody@example.com; nothing was changed."),
        (
            ("nobody@example.com", "*@else.example", "--platform", "Mailchimp"),
            1,
            "Nothing is open for nobody@example.com, *@else.example at Mailchimp; nothing was changed.",
        ),
        ((JANE, "--on", "2026-11-09"), 1, "asked only after that"),
        ((JANE, "--on", "2027-01-01"), 1, "lies ahead"),
        ((JANE, "--on", "yesterday"), 2, "is no date"),
        (
            (JANE, "--platform", "MySpace"),
            2,
            "There is no platform “MySpace”. There are: Mailchimp, Outlook contacts.",
        ),
        ((JANE, "--not-there"), 2, "--not-there goes with --platform P."),
        (("no address",), 1, "is no address"),
        ((), 2, "ADDRESS"),
    ],
)
def test_what_cannot_be_done_changes_nothing_for_anybody(
    desk: Run, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    before = todo(desk)
    assert sentence in failed(desk("done", *arguments), code)
    assert todo(desk) == before


def test_what_is_done_already_is_not_done_again(desk: Run) -> None:
    desk("done", JANE)
    assert "Nothing is open for jane@example.com;" in failed(desk("done", JANE), 1)


# -- lists


@pytest.fixture
def cleaned(run: Run, tmp_path: Path) -> Path:
    """A list that was cleaned against one opt-out."""
    path = tmp_path / "list.csv"
    path.write_text("Name,E-mail\nJane,jane@example.com\nBob,bob@example.com\n")
    run("add", JANE)
    assert run("clean", str(path)).code == 0
    return path.with_name("list-clean.csv")


def state(ran: Ran) -> str:
    return ran.out.splitlines()[0].partition(" · ")[2]


def test_lists_says_when_nothing_was_cleaned(run: Run) -> None:
    assert run("lists").out == "No list was cleaned yet.\n"
    assert run("lists", "--json").json == {"lists": []}


def test_lists_says_how_each_list_stands(run: Run, cleaned: Path) -> None:
    assert run("lists").out.splitlines() == [
        "2026-11-24 11:00  list.csv: 1 kept, 1 removed · still safe to send",
        f"                  {cleaned}",
    ]
    run("add", BOB)
    assert state(run("lists")) == "1 opted out since: clean it again"
    cleaned.write_text("Name,E-mail\n")
    assert state(run("lists")) == "altered since it was cleaned: clean it again"
    cleaned.unlink()
    assert state(run("lists")) == "no longer there, moved or deleted"


def test_lists_as_json(run: Run, cleaned: Path) -> None:
    (told,) = run("lists", "--json").json["lists"]
    assert len(told.pop("clean_list_sha256")) == 64
    assert told == {
        "list": str(cleaned.with_name("list.csv")),
        "cleaned": "2026-11-24T11:00:00-05:00",
        "by": "Ana",
        "scope": "all",
        "rows": 2,
        "kept": 1,
        "removed": 1,
        "clean_list": str(cleaned),
        "removed_file": str(cleaned.with_name("list-removed.csv")),
        "state": "safe",
        "opted_out_since": 0,
    }
