"""The removed rows of a list: each with its row, its address, the reason and the evidence."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from optoutdesk.domain.address import Problem
from optoutdesk.domain.cleaning import Reason, Removed
from optoutdesk.domain.matching import Evidence
from optoutdesk.domain.requests import Kind
from optoutdesk.ui.models.removed_model import ADDRESS, EVIDENCE, ROW, WHY, RemovedModel
from optoutdesk.ui.widgets.table import NOTE_ROLE, TONE_ROLE


def evidence(kind, key, day, channel="phone", scope="all"):
    known = {"kind": kind, "key": key, "day": day, "channel": channel, "scope": scope, "request_id": 1}
    return Evidence(**{name: known[name] for name in Evidence._fields})


REMOVED = [
    Removed(
        17,
        Reason.OPTED_OUT,
        "Maria.Ortiz@Lakeside.example",
        evidence(Kind.ADDRESS, "m@l.example", "2026-11-10"),
    ),
    Removed(
        88, Reason.DOMAIN, "ops@competitor.example", evidence(Kind.DOMAIN, "competitor.example", "2026-11-03")
    ),
    Removed(214, Reason.NOT_AN_ADDRESS, "anna@dunmore,example", Problem("a comma", "anna@dunmore.example")),
    Removed(315, Reason.DUPLICATE, "k.lee@harbor.example", 96),
    Removed(1402, Reason.NO_ADDRESS, "", None),
]


@pytest.fixture
def model(qapp):
    model = RemovedModel()
    model.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.show(REMOVED)
    return model


def column(model, number):
    return [model.index(row, number).data() for row in range(model.rowCount())]


def test_every_removed_row_is_shown_with_its_reason_and_evidence(model):
    assert column(model, ROW) == ["17", "88", "214", "315", "1,402"]
    assert column(model, ADDRESS)[0] == "Maria.Ortiz@Lakeside.example"
    assert column(model, WHY) == [
        "Opted out",
        "Suppressed domain",
        "Not an address",
        "Duplicate",
        "No address",
    ]
    told = column(model, EVIDENCE)
    assert told[0] == "10 Nov 2026 by phone · all mail"
    assert told[1].startswith("*@competitor.example since 3 Nov 2026")
    assert "anna@dunmore.example" in told[2]
    assert told[3] == "same as row 96"
    assert all(told)


def test_one_reason_at_a_time(model):
    model.show_only(Reason.DUPLICATE)
    assert column(model, ROW) == ["315"]
    assert model.removed(0) is REMOVED[3]
    model.show_only(None)
    assert model.rowCount() == len(REMOVED)


def test_why_is_said_by_words_and_tone(model):
    assert model.index(0, WHY).data(TONE_ROLE) == "danger"
    assert model.index(0, ADDRESS).data(TONE_ROLE) is None


def test_the_evidence_can_be_read_in_full(model):
    assert model.index(1, EVIDENCE).data(Qt.ItemDataRole.ToolTipRole) == column(model, EVIDENCE)[1]


def test_two_hundred_thousand_rows_are_not_copied(qapp):
    model = RemovedModel()  # the tester would visit each of them
    many = REMOVED * 40_000
    model.show(many)
    assert model.rowCount() == 200_000
    assert model.removed(199_999) is many[-1]


def test_where_there_is_no_room_for_a_column_the_evidence_stands_below_the_address(qtbot):
    model = RemovedModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.show(REMOVED)
    assert model.index(0, ADDRESS).data(NOTE_ROLE) is None
    with qtbot.waitSignal(model.dataChanged):
        model.show_notes(True)
    assert model.index(0, ADDRESS).data(NOTE_ROLE) == "10 Nov 2026 by phone · all mail"
    assert model.index(0, WHY).data(NOTE_ROLE) is None
    assert model.headerData(ADDRESS, Qt.Orientation.Horizontal) == "Address and evidence"
    model.show_notes(False)
    assert model.headerData(ADDRESS, Qt.Orientation.Horizontal) == "Address"
