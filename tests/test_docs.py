"""The README cannot lag: whatever the command line can do stands in it."""

import argparse
import re
import shlex
import shutil
from pathlib import Path

import pytest

from optoutdesk import __main__
from optoutdesk.cli.parser import make_parser
from optoutdesk.desk import Desk
from optoutdesk.domain.requests import Channel

README = Path(__file__).resolve().parents[1] / "README.md"


def commands() -> dict[str, argparse.ArgumentParser]:
    [choices] = [
        action.choices for action in make_parser()._actions if isinstance(action, argparse._SubParsersAction)
    ]
    return dict(choices)


def long_options(parser: argparse.ArgumentParser) -> set[str]:
    return {
        option for action in parser._actions for option in action.option_strings if option.startswith("--")
    } - {"--help"}


OPTIONS = [(name, option) for name, parser in commands().items() for option in sorted(long_options(parser))]


@pytest.fixture(scope="module")
def readme() -> str:
    return README.read_text("utf-8")


@pytest.mark.parametrize("name", commands())
def test_every_command_is_in_the_readme(readme: str, name: str) -> None:
    assert re.search(rf"`{name}\b", readme), f"the README says nothing of the command {name}"


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_every_option_is_in_the_readme_beside_its_command(readme: str, name: str, option: str) -> None:
    everywhere = option in ("--json", "--data")
    text = (
        readme
        if everywhere
        else "\n".join(line for line in readme.splitlines() if re.search(rf"`{name}\b", line))
    )
    assert re.search(rf"{option}(?![\w-])", text), f"the README says nothing of {name} {option}"


def test_the_options_of_all_commands_are_in_the_readme(readme: str) -> None:
    assert all(option in readme for option in long_options(make_parser()))


def test_the_readme_names_no_option_that_is_not_there(readme: str) -> None:
    ours = {option for parser in (make_parser(), *commands().values()) for option in long_options(parser)} | {
        "--help"
    }
    [(_, section)] = re.findall(r"(?ms)^## (The command line)\n(.*?)(?=^## |\Z)", readme)
    assert set(re.findall(r"--[a-z][a-z-]+", section)) <= ours


def test_every_channel_is_in_the_readme(readme: str) -> None:
    assert all(re.search(rf"\b{channel.value}\b", readme) for channel in Channel)


@pytest.mark.parametrize("name", commands())
def test_every_command_and_every_option_has_help(name: str) -> None:
    parser = commands()[name]
    assert parser.description
    for action in parser._actions:
        assert action.help or action.metavar in ("ADDRESS", "COMMAND"), f"{name} {action.dest}"


def test_the_pictures_of_the_readme_are_there(readme: str) -> None:
    for target in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", readme):
        assert (README.parent / target).is_file(), target


def test_the_json_keys_of_the_readme_are_those_of_a_stable_interface(readme: str) -> None:
    """Scripts build on them: tests/cli/test_commands.py holds the program to the same names."""
    for keys in (
        "address, key, received, due, scope, already",
        "address, key, may_mail, reason, since, scope, due",
        "opted-out, domain, duplicate, not-an-address, no-address, hidden",
        "ok, entries, records, head, first_wrong",
    ):
        assert f"{{{keys}}}" in readme


# -- the walk through it


def steps(readme: str, samples: Path) -> list[list[str]]:
    """The commands of the walk, in order, with the samples in a folder of this test."""
    blocks = re.findall(r"(?ms)^```sh\n(.*?)^```", readme)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("run ")]
    return [
        [word.replace("/tmp/samples", str(samples)) for word in shlex.split(line, comments=True)[1:]]
        for line in lines
    ]


def test_every_command_of_the_walk_does_what_the_readme_says(
    readme: str,
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = desk.now()
    monkeypatch.setitem(Desk.__init__.__kwdefaults__, "now", lambda: now)
    samples = tmp_path / "samples"
    shutil.copytree(README.parent / "resources" / "samples", samples)
    walk = steps(readme, samples)
    assert {step[0] for step in walk} == {
        *("add", "check", "import", "clean", "due", "verify", "batches", "undo", "export", "lists", "remind"),
        *("platforms", "verify-platform", "done", "export-due"),
    }
    for step in walk:
        code = __main__.main(["--data", str(desk.paths.store.parent), *step])
        out, err = capsys.readouterr()
        asks = step[0] in ("check", "remind", "verify-platform")  # whether there is something: here there is
        assert code == (10 if asks else 0), f"{step}: {err}"
        assert out, step
    first = desk.undo_import.batches()[-1]
    assert f"Undo import of {first.source_name}, {first.requests} requests?" in readme
    new = f"{first.imported} new opt-outs; {first.already_known} already known"
    assert new in readme
    assert f'"Import {first.imported} opt-outs"' in readme
    assert f"{first.review + first.skipped} rows that have to be mended" in readme
