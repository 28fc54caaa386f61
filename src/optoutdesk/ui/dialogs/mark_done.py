"""Asks where and when people were removed, or whether they were never there; and who works on requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QCheckBox, QDateEdit, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from optoutdesk.domain.platforms import Platform, TaskState
from optoutdesk.services.changes import Changes
from optoutdesk.ui import words, words_today
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.act import ActDialog, paragraph
from optoutdesk.ui.widgets import label
from optoutdesk.ui.widgets.basic import breakable
from optoutdesk.ui.widgets.when_edit import FIELD_HEIGHT


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests are to be marked done, and where that may be."""

    ids: tuple[int, ...]
    who: str
    """The address, or `these 12 people`."""
    places: tuple[Platform, ...] = ()
    """Where they are still open. Of a single request she ticks where it is done."""
    ticked: frozenset[int] = frozenset()
    """The platforms that are ticked at first."""
    only: Platform | None = None
    """Several requests at this platform alone; None: wherever they are still open."""
    everywhere: tuple[str, ...] = ()
    """The platforms that "wherever" means."""
    scope: str = "all"

    @property
    def single(self) -> bool:
        """Whether it is one request."""
        return len(self.ids) == 1


class MarkDoneDialog(ActDialog):
    """Where, how and when; then one act for all of them."""

    unit = "person"

    def __init__(self, context: Context, wanted: Wanted, parent: QWidget | None = None) -> None:
        names = [wanted.only.name] if wanted.only is not None else []
        title = (
            f"{breakable(wanted.who)}: done where?"
            if wanted.single and wanted.places
            else words_today.done_question(names, len(wanted.ids))
        )
        super().__init__(context, title, "Mark done", parent)
        self._wanted = wanted
        self.boxes: list[QCheckBox] = []
        if not wanted.single or not wanted.places:
            where = names or wanted.everywhere
            many = not wanted.single
            said = words_today.done_confirm(wanted.who, wanted.scope, where, many=many)
            self.content.addWidget(paragraph(said))
        else:
            self._add_boxes(wanted)
        self._add_how()
        self._add_day()
        self.content.addWidget(paragraph(words_today.IRREVOCABLE, "small"))

    def _add_boxes(self, wanted: Wanted) -> None:
        column = QVBoxLayout()
        column.setSpacing(4)
        for platform in wanted.places:
            box = QCheckBox(platform.name)
            box.setAccessibleName(f"Done at {platform.name}")
            box.setChecked(platform.id in wanted.ticked)
            box.toggled.connect(self._check)
            column.addWidget(box)
            self.boxes.append(box)
        self.content.addLayout(column)

    def _add_how(self) -> None:
        self.removed = QRadioButton("Removed there")
        self.never = QRadioButton("Was never there")
        if not self._wanted.single:
            self.never.setText("They were never there")
        self.removed.setChecked(True)
        row = QHBoxLayout()
        row.setSpacing(16)
        for choice in (self.removed, self.never):
            choice.setAccessibleName(choice.text())
            row.addWidget(choice)
        row.addStretch(1)
        self.content.addSpacing(4)
        self.content.addLayout(row)
        # Without a platform there is no place where somebody could have been missing.
        there = bool(self._wanted.places) or self._wanted.only is not None
        self.removed.setVisible(there)
        self.never.setVisible(there)

    def _add_day(self) -> None:
        today = self._context.today()
        self.day = QDateEdit(QDate(today.year, today.month, today.day))
        self.day.setLocale(QLocale(QLocale.Language.English))  # the words around it are English
        self.day.setDisplayFormat(words.edit_format_day())
        self.day.setCalendarPopup(True)
        self.day.setMaximumDate(self.day.date())
        self.day.setAccessibleName("Done on")
        self.day.calendarWidget().setAccessibleName("Done on")
        self.day.setFixedHeight(FIELD_HEIGHT)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(label("Done on", "bold"))
        row.addWidget(self.day)
        row.addStretch(1)
        self.content.addLayout(row)

    def _check(self) -> None:
        self.confirm.setEnabled(not self.boxes or any(box.isChecked() for box in self.boxes))

    def platforms(self) -> list[Platform]:
        """Return the platforms that she says it is done at; none: wherever it is still open."""
        if self._wanted.only is not None:
            return [self._wanted.only]
        chosen = zip(self.boxes, self._wanted.places, strict=False)
        return [platform for box, platform in chosen if box.isChecked()]

    def act(self) -> None:
        desk, ids, now = self._context.desk, self._wanted.ids, self._context.now()
        by, service, platforms = desk.person, desk.due_requests, self.platforms()
        state = TaskState.NOT_THERE if self.never.isChecked() else TaskState.REMOVED
        chosen = self.day.date()
        day = date(chosen.year(), chosen.month(), chosen.day())
        at = None if day == self._context.today() else day

        def work(report: Any) -> tuple[Sequence[Platform], TaskState, Changes]:
            there = [platform.id for platform in platforms] or None
            return (
                platforms,
                state,
                service.mark_done(ids, now=now, by=by, at=at, platforms=there, state=state, progress=report),
            )

        self.run(work, self._marked, can_cancel=True)

    def _marked(self, outcome: tuple[Sequence[Platform], TaskState, Changes]) -> None:
        platforms, state, changes = outcome
        self.accept()
        names = [platform.name for platform in platforms]
        who = self._wanted.who if self._wanted.single else words.count(len(self._wanted.ids), "request")
        self._context.notice.emit(words_today.done(who, names, state))
        self._context.broadcast(changes)


class AssignDialog(ActDialog):
    """Gives requests to somebody, after a question with their number."""

    def __init__(
        self, context: Context, ids: Sequence[int], who: str, person: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, words_today.assign_question(len(ids), person), "Assign", parent, width=440)
        self._ids = tuple(ids)
        self._person = person
        whom = f"{person} works" if person else "Nobody in particular works"
        self.content.addWidget(paragraph(f"{whom} on {who} from now on. The due dates stay as they are."))

    def act(self) -> None:
        desk, ids, person, now = self._context.desk, self._ids, self._person, self._context.now()
        by, service = desk.person, desk.due_requests

        def work(_report: Any) -> Changes:
            return service.assign(ids, person, now=now, by=by)

        self.run(work, self._assigned)

    def _assigned(self, changes: Changes) -> None:
        self.accept()
        self._context.notice.emit(words_today.assigned_to(len(self._ids), self._person))
        self._context.broadcast(changes)
