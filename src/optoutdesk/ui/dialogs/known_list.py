"""A file was dropped that is known from an earlier clean: says what it is, how it stands, and offers the sensible next step."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from optoutdesk.services.cleaned_lists import Known, KnownAs, Standing
from optoutdesk.ui import words_lists
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.act import ActDialog, paragraph
from optoutdesk.ui.widgets import Button
from optoutdesk.ui.widgets.basic import breakable
from optoutdesk.ui.widgets.cleaned_lists import look_first, show_in_folder

if TYPE_CHECKING:
    from optoutdesk.services.changes import Changes
    from optoutdesk.services.clean_again import CleanedAgain


class KnownDialog(ActDialog):
    """What the file is; then cleaning it again, showing its clean list, or opening it like any other list."""

    open_wanted = Signal(object)
    """Path: to be opened like a list nobody knows."""

    def __init__(self, context: Context, known: Known, parent: QWidget | None = None) -> None:
        super().__init__(context, breakable(words_lists.known_title(known)), "Clean again", parent)
        self._known = known
        self.setAccessibleName(words_lists.known_title(known))
        self.text = paragraph(breakable(words_lists.known_text(known, context.zone, context.today())))
        self.content.addWidget(self.text)
        self.as_list = Button("Open it as a list")
        self.as_list.clicked.connect(self._open)
        self.folder = Button("Show in folder")
        self.folder.clicked.connect(self._show_folder)
        at = self.buttons.indexOf(self.cancel) + 1
        self.buttons.insertWidget(at, self.as_list)
        self.buttons.insertWidget(at + 1, self.folder)
        self._offer(known)

    def _offer(self, known: Known) -> None:
        """Offer the step that makes sense, and opening the file like any other beside it."""
        cleaned = known.cleaned
        by_itself = known.known_as in (KnownAs.CLEAN, KnownAs.ORIGINAL)
        again = by_itself and cleaned.can_clean_again
        safe = by_itself and cleaned.standing is Standing.SAFE
        self.confirm.setVisible(again)
        self.folder.setVisible(safe and known.known_as is KnownAs.ORIGINAL)
        self.folder.setText("Show its clean list")
        if known.known_as is KnownAs.ALTERED:
            self.as_list.setText("Clean this file…")
        elif known.known_as is KnownAs.REMOVED:
            self.as_list.setText("Open it all the same")
        self.cancel.setText("Cancel" if again or known.known_as is KnownAs.ALTERED else "Close")

    # -- what she does

    def _open(self) -> None:
        self.accept()
        self.open_wanted.emit(self._known.path)

    def _show_folder(self) -> None:
        show_in_folder(self._known.cleaned.record.output_path)

    def act(self) -> None:
        desk, now, record = self._context.desk, self._context.now(), self._known.cleaned.record
        by, service = desk.person, desk.cleaned_lists

        def work(report: Any) -> "tuple[CleanedAgain, Changes]":
            return service.clean_again(record, by=by, now=now, progress=report)

        self.as_list.setEnabled(False)
        self.run(work, self._cleaned, can_cancel=True)

    def _cleaned(self, outcome: "tuple[CleanedAgain, Changes]") -> None:
        """Say what was done and where the result is; she closes the dialog when she has read it."""
        again, changes = outcome
        self.heading.setText(words_lists.cleaned_again(again))
        self.text.setText(breakable(words_lists.cleaned_again_in_full(again)))
        self._known = Known(again.record.output_path, KnownAs.CLEAN, self._after(again))
        self.as_list.hide()
        self.confirm.hide()
        self.folder.setText("Show in folder")
        self.folder.show()
        self.cancel.setText("Close")
        self.cancel.setFocus()
        self.fit()
        self._context.broadcast(changes)

    def _after(self, again: "CleanedAgain") -> Any:
        from dataclasses import replace

        return replace(self._known.cleaned, record=again.record)

    def _on_failed(self, error: Exception) -> None:
        from optoutdesk.services.clean_again import LookFirstError

        self.as_list.setEnabled(True)
        if isinstance(error, LookFirstError):
            self._stop()
            self.accept()
            look_first(self._context, self, error)
        else:
            super()._on_failed(error)
