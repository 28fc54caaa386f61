"""Writes the suppression list into a file: for herself, for a platform in the shape it takes, hashed for others."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from optoutdesk.services.export_list import ENDINGS, HASH, OWN, THIRD_PARTY, ExportPlan
from optoutdesk.ui import words_batches
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.act import ActDialog, paragraph
from optoutdesk.ui.screens.clean_result import Notice
from optoutdesk.ui.screens.imports_questions import DayField
from optoutdesk.ui.widgets import Button, label
from optoutdesk.ui.widgets.choice import Choice

if TYPE_CHECKING:
    from optoutdesk.services.export_list import Exported

_NAMES = {".csv": "CSV, for any program", ".xlsx": "Excel workbook", ".txt": "Text, one address a line"}
_NO_PLATFORM = "none"
"""What files have that are of no platform: nothing can be written for it."""
_HASHES = (("SHA-256 (usual)", HASH), ("SHA-512", "sha512"), ("SHA-1", "sha1"), ("MD5", "md5"))


class ExportDialog(ActDialog):
    """For whom, which people, in what form, and where to."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "Export the suppression list", "Save as…", parent, width=584)
        self._service = context.desk.export_list
        self._no_upload = {p.id: p.no_upload for p in self._service.platforms() if p.upload is None}
        self._exported: Exported | None = None
        self.form = QWidget()
        self.content.addWidget(self.form)
        rows = QVBoxLayout(self.form)
        rows.setContentsMargins(0, 4, 0, 0)
        rows.setSpacing(10)
        self._add_recipient(rows)
        self._add_people(rows)
        self._add_form(rows)
        self.warning = Notice()
        rows.addWidget(self.warning)
        self.said = paragraph("")
        self.said.hide()
        self.content.addWidget(self.said)
        self.show_folder = Button("Show in folder")
        self.show_folder.clicked.connect(self._show_folder)
        self.show_folder.hide()
        self.buttons.insertWidget(self.buttons.indexOf(self.cancel), self.show_folder)
        self.confirm.setDefault(True)
        self._recipient_chosen()
        self.recipient.setFocus()

    # -- what can be chosen

    def _add_recipient(self, rows: QVBoxLayout) -> None:
        self.recipient = QComboBox()
        self.recipient.addItem("For me: everything, as it is on record", OWN)
        self.recipient.addItem("For somebody else: hashed", THIRD_PARTY)
        for platform in self._service.platforms():
            if platform.id != _NO_PLATFORM:
                self.recipient.addItem(f"For {platform.name}", platform.id)
        rows.addLayout(_line("For whom", self.recipient))
        self.plain = QCheckBox("Plain addresses all the same: they are only used not to mail these people")
        self.plain.toggled.connect(self._explain)
        rows.addWidget(self.plain)
        self.recipient.currentIndexChanged.connect(self._recipient_chosen)

    def _add_people(self, rows: QVBoxLayout) -> None:
        self.scope = QComboBox()
        self.scope.addItem("Everyone who opted out of anything", None)
        for scope in self._context.desk.register.scopes():
            self.scope.addItem(f"Who must not get “{scope}”", scope)
        rows.addLayout(_line("Which people", self.scope))
        dates = QHBoxLayout()
        dates.setSpacing(8)
        self.since_box, self.until_box = QCheckBox("from"), QCheckBox("to")
        self.since, self.until = (
            DayField("Received on this day or later"),
            DayField("Received on this day or earlier"),
        )
        self.since_box.setAccessibleName("Only requests received from a day on")
        self.until_box.setAccessibleName("Only requests received up to a day")
        today = self._context.today()
        for box, field, day in (
            (self.since_box, self.since, today.replace(day=1)),
            (self.until_box, self.until, today),
        ):
            field.choose(day, today)
            field.setEnabled(False)
            box.toggled.connect(field.setEnabled)
            dates.addWidget(box)
            dates.addWidget(field)
        dates.addStretch(1)
        holder = QWidget()
        holder.setLayout(dates)
        dates.setContentsMargins(0, 0, 0, 0)
        rows.addLayout(_line("Received", holder))

    def _add_form(self, rows: QVBoxLayout) -> None:
        self.ending = QComboBox()
        for ending in ENDINGS:
            self.ending.addItem(_NAMES[ending], ending)
        self.algorithm = Choice("Kind of hash", _HASHES)
        self.algorithm.setProperty("compact", "false")
        holder = QWidget()
        inside = QHBoxLayout(holder)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addWidget(self.ending, 1)
        inside.addWidget(self.algorithm)
        self.ending.setAccessibleName("File")
        rows.addLayout(_line("File", holder))

    def _recipient_chosen(self) -> None:
        recipient = self.recipient.currentData()
        others = recipient == THIRD_PARTY
        self.plain.setVisible(others)
        self.plain.setChecked(False)
        self.algorithm.setVisible(others)
        platform = recipient not in (OWN, THIRD_PARTY)
        self.ending.setEnabled(not platform)
        if platform:
            self.ending.setCurrentIndex(0)  # what platforms take
        self._explain()

    def _explain(self) -> None:
        """Say what is to be known before it is written."""
        recipient = self.recipient.currentData()
        if recipient in self._no_upload:
            self.warning.tell(self._no_upload[recipient], "warning")
        else:
            self.warning.tell(self._service.warning(self._plan(Path("list.csv"))), "warning")
        self.confirm.setEnabled(recipient not in self._no_upload)
        self.algorithm.setEnabled(not self.plain.isChecked())
        self.fit()

    def _plan(self, output: Path) -> ExportPlan:
        others = self.recipient.currentData() == THIRD_PARTY
        plain = others and self.plain.isChecked()
        return ExportPlan(
            output,
            recipient=self.recipient.currentData(),
            algorithm=self.algorithm.currentData() if others and not plain else None,
            plain_anyway=plain,
            scope=self.scope.currentData(),
            since=self.since.day() if self.since_box.isChecked() else None,
            until=self.until.day() if self.until_box.isChecked() else None,
            overwrite=True,  # the file dialog has asked
        )

    # -- what is done

    def act(self) -> None:
        """Ask where to, or close once it is saved."""
        if self._exported is not None:
            self.accept()
            return
        ending = self.ending.currentData()
        dialog = QFileDialog(self, "Save the export as", str(self._default(ending)))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending.lstrip("."))
        dialog.fileSelected.connect(self.write)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _default(self, ending: str) -> Path:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        folder = Path(documents) if documents and Path(documents).is_dir() else Path.home()
        recipient = self.recipient.currentData()
        name = "suppression-list" if recipient in (OWN, THIRD_PARTY) else f"suppression-list-{recipient}"
        return folder / f"{name}{'-hashed' if self._plan(folder).algorithm else ''}{ending}"

    def write(self, name: str) -> None:
        """Write the file."""
        service, plan = self._service, self._plan(Path(name))

        def work(report: Any) -> "Exported":
            return service.run(plan, report)

        self.run(work, self._written, can_cancel=True)

    def _written(self, exported: "Exported") -> None:
        self._exported = exported
        self.form.hide()
        self.heading.setText(words_batches.exported_title(exported))
        self.said.setText("\n\n".join(words_batches.exported(exported)))
        self.said.show()
        self.show_folder.show()
        self.cancel.hide()
        self.confirm.setText("Close")
        self.confirm.setFocus()
        self.fit()

    def _show_folder(self) -> None:
        if self._exported is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._exported.files[0].parent)))


def _line(text: str, field: QWidget) -> QHBoxLayout:
    """Return a field with its name before it."""
    row = QHBoxLayout()
    row.setSpacing(10)
    name = label(text, "small")
    name.setFixedWidth(92)
    if not field.accessibleName():
        field.setAccessibleName(text)
    row.addWidget(name)
    row.addWidget(field, 1)
    return row
