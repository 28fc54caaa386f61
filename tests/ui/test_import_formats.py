"""Every file of a platform that is recognised goes in through the window with the right people, dates and scopes."""

from pathlib import Path

import pytest
from import_driver import open_file, settle

from import_cases import CASES, put, recorded
from optoutdesk.desk import Desk
from optoutdesk.ui.screens.imports import ImportScreen


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.refused])
def test_a_file_of_a_platform_goes_in(
    import_screen: ImportScreen, desk: Desk, tmp_path: Path, qtbot, name: str
) -> None:
    case = CASES[name]
    open_file(qtbot, import_screen, put(name, tmp_path))
    assert desk.store.count_requests() == 0
    if case.options.get("all_opted_out"):
        assert not import_screen.view.confirm.isEnabled()
        import_screen.view.columns.questions.people.click()
        settle(qtbot, import_screen)
    assert set(case.options) <= {"all_opted_out"}
    import_screen.view.confirm.click()
    settle(qtbot, import_screen)
    assert sorted(recorded(desk.paths.folder)) == sorted(case.requests)
    (batch,) = desk.undo_import.batches()
    counted = {outcome.value: count for outcome, count in case.counts.items()}
    assert batch.imported == counted.get("new", 0)
    assert batch.rows == sum(counted.values())


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.refused])
def test_a_file_of_contacts_does_not(
    import_screen: ImportScreen, desk: Desk, tmp_path: Path, qtbot, name: str
) -> None:
    open_file(qtbot, import_screen, put(name, tmp_path))
    assert not import_screen.view.confirm.isEnabled()
    assert desk.store.count_requests() == 0
