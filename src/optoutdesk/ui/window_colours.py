"""Light, dark or as the system: follows her choice in the rail, and the system's where she leaves it to that."""

from dataclasses import replace

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.ui.context import Context
from optoutdesk.ui.theme import apply_theme


class Colours(QObject):
    """Changes the colours of the whole program. The window owns it."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        _app().styleHints().colorSchemeChanged.connect(self._on_system_scheme)

    @property
    def _window(self) -> QWidget:
        # Not kept: no cycle through widgets may be left to the collector.
        window = self.parent()
        assert isinstance(window, QWidget)
        return window

    @Slot(str)
    def choose(self, choice: str) -> None:
        """Use `system`, `light` or `dark` from now on."""
        apply_theme(_app(), choice)
        desk = self._context.desk
        try:
            changes = desk.change_settings(replace(desk.settings, theme=choice))
        except OSError as error:
            from optoutdesk.ui.widgets.message import complain

            sentence = "The choice could not be saved; it holds until you close the window."
            complain(self._window, sentence, str(error))
            return
        except UserError as error:
            self._context.complain(self._window, error)
            return
        self._context.broadcast(changes)

    @Slot()
    def _on_system_scheme(self) -> None:
        if self._context.desk.settings.theme == "system":
            apply_theme(_app(), "system")


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
