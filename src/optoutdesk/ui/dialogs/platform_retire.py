"""Asks before a platform is retired: what ends with it, and what stays."""

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from optoutdesk.ui import words_platforms
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.act import ActDialog, paragraph

if TYPE_CHECKING:
    from optoutdesk.services.changes import Changes
    from optoutdesk.services.platforms import PlatformStanding


class RetireDialog(ActDialog):
    """Retires one platform."""

    unit = "person"

    def __init__(self, context: Context, standing: "PlatformStanding", parent: QWidget | None = None) -> None:
        name = standing.platform.name
        super().__init__(context, f"Retire {name}?", f"Retire {name}", parent)
        self._platform = standing.platform
        self.content.addWidget(paragraph(f"Nobody is kept in or mailed from {name} any more."))
        self.text = paragraph(words_platforms.retire_text(standing))
        self.content.addWidget(self.text)
        self.content.addWidget(paragraph("To use it again later, add it anew.", "small"))

    def act(self) -> None:
        desk, platform, now = self._context.desk, self._platform, self._context.now()
        by = desk.person

        def work(report: Any) -> "Changes":
            return desk.platforms.retire(platform.id, by=by, now=now, progress=report)

        self.run(work, self._retired, can_cancel=True)

    def _retired(self, changes: "Changes") -> None:
        self.accept()
        self._context.notice.emit(f"{self._platform.name} is retired.")
        self._context.broadcast(changes)
