"""How requests that came with an import read in the register and beside it."""

import hashlib
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

import import_samples
from optoutdesk.desk import Desk
from optoutdesk.domain.requests import Kind
from optoutdesk.ui.models import register_model as columns
from optoutdesk.ui.window import OPT_OUTS, MainWindow


def bring_in(desk: Desk, path: Path, text: str) -> int:
    """Import a file without a window and return the import's number."""
    path.write_text(text, "utf-8")
    import os

    os.utime(path, (import_samples.DAY, import_samples.DAY))
    service, now = desk.import_optouts, desk.now()
    with service.preview(service.open(path, now=now), now=now) as preview:
        return service.run(preview, by="Ana", now=now)[0].batch.id


def settle(qtbot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.context.tasks.busy and not window.context.lookups.busy)


def texts(widget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if not label.isHidden()]


@pytest.fixture
def register(window: MainWindow, qtbot):
    """Show one address's history and return the register's screen."""

    def show(kind: Kind, key: str):
        window.show_history(kind, key)
        settle(qtbot, window)
        return window.screen_at(OPT_OUTS)

    return show


def cell(screen, column: int, role=Qt.ItemDataRole.DisplayRole):
    return screen.model.index(0, column).data(role)


def test_a_request_whose_import_was_undone_says_so(desk, register, tmp_path) -> None:
    number = bring_in(desk, tmp_path / "stop.csv", "E-mail,Received\na@shop.example,2026-11-10\n")
    desk.undo_import.undo(number, by="Ana", now=desk.now())
    screen = register(Kind.ADDRESS, "a@shop.example")
    assert cell(screen, columns.STATE) == "Import undone"
    assert cell(screen, columns.DUE) == "–"
    assert cell(screen, columns.STATE, Qt.ItemDataRole.ToolTipRole).startswith(
        "The import that brought it was undone"
    )
    shown = texts(screen.detail)
    assert "Its import was undone: this request bars no mail" in shown
    assert "Nothing on record. May be mailed." in shown
    assert screen.detail.todo is None


def test_a_receipt_that_is_not_known_reads_so(desk, register, tmp_path) -> None:
    bring_in(desk, tmp_path / "stop.txt", "a@shop.example\n")
    screen = register(Kind.ADDRESS, "a@shop.example")
    assert cell(screen, columns.RECEIVED) == "by 20 Nov 2026"
    shown = texts(screen.detail)
    assert "Blocked from all mail; receipt not known, by 20 Nov 2026 at the latest" in shown
    assert any(text.startswith("receipt not known, by 20 Nov 2026 at the latest · ") for text in shown)


def test_a_hash_reads_short_with_all_digits_at_hand(desk, register, tmp_path) -> None:
    digest = hashlib.sha256(b"a@shop.example").hexdigest()
    bring_in(desk, tmp_path / "hashes.txt", f"{digest}\n")
    screen = register(Kind.HASH, digest)
    assert cell(screen, columns.ADDRESS) == f"SHA-256 {digest[:8]}…"
    assert cell(screen, columns.ADDRESS, Qt.ItemDataRole.ToolTipRole) == f"SHA-256 {digest}"
    assert screen.detail.history is not None
    assert screen.detail.history.key == digest


def test_the_name_and_the_platform_of_an_import_stand_beside_the_register(desk, register, tmp_path) -> None:
    rows = [
        ["Email Address", "First Name", "Last Name", *import_samples.MAILCHIMP[3:]],
        ["a@shop.example", "Jo", "Berg", *[""] * 12, "2026-11-10 10:00:00", *[""] * 8],
    ]
    path = import_samples.write(tmp_path / "unsubscribed.csv", rows)
    bring_in(desk, path, path.read_text("utf-8"))
    shown = texts(register(Kind.ADDRESS, "a@shop.example").detail)
    assert "Jo Berg" in shown
    assert any("Mailchimp" in text for text in shown)
