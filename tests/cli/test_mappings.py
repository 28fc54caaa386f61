"""What is remembered of columns is shown, carried along, renamed and forgotten from the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from optoutdesk import __main__
from optoutdesk.desk import Desk
from optoutdesk.services.remembered_mappings import RememberedMapping
from optoutdesk.spreadsheets.profiles import Field

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(desk: Desk, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `mappings` on the desk's own folder."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = __main__.main(["mappings", "--data", str(desk.paths.folder), *arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def partner(desk: Desk) -> RememberedMapping:
    fields = {"Kunde": Field.ADDRESS, "Notiz\x1b[2J": None}
    return desk.remembered.remember(
        RememberedMapping("Partner list", ("Kunde", "Notiz\x1b[2J"), fields=fields, zone="Europe/Berlin")
    )


def test_they_are_listed(run: Run, partner: RememberedMapping) -> None:
    assert run() == (0, "Partner list · Kunde: address, Notiz?[2J: left out, Europe/Berlin\n", "")
    code, out, err = run("--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "mappings": [
            {
                "name": "Partner list",
                "header": ["Kunde", "Notiz\x1b[2J"],
                "profile": None,
                "fields": {"Kunde": "address", "Notiz\x1b[2J": None},
                "day_order": None,
                "zone": "Europe/Berlin",
                "scope": None,
            }
        ]
    }


def test_where_there_are_none_that_is_said(run: Run) -> None:
    assert run() == (0, "Nothing is remembered.\n", "")
    assert json.loads(run("--json")[1]) == {"mappings": []}


def test_they_go_from_one_folder_to_another(
    run: Run, partner: RememberedMapping, tmp_path: Path, desk: Desk
) -> None:
    shared = tmp_path / "shared.json"
    assert run("--export", str(shared)) == (0, f"1 written to {shared}\n", "")
    code, out, err = run("--export", str(shared))
    assert (code, out) == (1, "")
    assert "exists already" in err
    assert run("--export", str(shared), "--overwrite")[0] == 0
    desk.remembered.forget("Partner list")
    assert run("--bring-in", str(shared)) == (0, f"1 taken over from {shared}\n", "")
    assert desk.remembered.list() == (partner,)


def test_one_is_renamed_and_forgotten(run: Run, partner: RememberedMapping, desk: Desk) -> None:
    assert run("--rename", "partner list", "Spring fair")[:2] == (
        0,
        "“partner list” is called “Spring fair” now\n",
    )
    code, out, err = run("--forget", "Partner list")
    assert (code, out) == (2, "")
    assert "What is remembered: “Spring fair”." in err
    assert json.loads(run("--forget", "Spring fair", "--json")[1]) == {"mappings": []}
    assert desk.remembered.list() == ()


def test_only_one_thing_is_done_at_a_time(run: Run, partner: RememberedMapping, desk: Desk) -> None:
    code, out, err = run("--forget", "Partner list", "--export", "x.json")
    assert (code, out) == (2, "")
    assert "not allowed with" in err
    assert desk.remembered.list() == (partner,)


def test_a_damaged_file_is_said_and_no_failure(run: Run, desk: Desk) -> None:
    desk.paths.mappings.write_text("{")
    code, out, err = run("--json")
    assert (code, json.loads(out)) == (0, {"mappings": []})
    assert "set aside as mappings-damaged.json" in err


@pytest.mark.parametrize("arguments", [("--bring-in", ""), ("--export", ""), ("--forget", "")])
def test_an_empty_name_is_told_in_one_sentence(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)
    assert code in (1, 2)
    assert out == ""
    assert err.count("\n") == 1
