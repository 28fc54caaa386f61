"""The export a platform is verified with: opened, understood, corrected by her, and refused when it is another platform's."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from optoutdesk.domain.errors import Cancelled, UserError
from optoutdesk.domain.platforms import Platform
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.platform_other import OtherPlatformDialog
from optoutdesk.ui.screens.imports_keep import worth_remembering
from optoutdesk.ui.screens.imports_questions import PartContext
from optoutdesk.ui.screens.platforms_verify import VerifyView
from optoutdesk.ui.tasks import Task

if TYPE_CHECKING:
    from optoutdesk.services.import_optouts import Options, Source

SETTLE = 250
"""Milliseconds after the last correction until the file is read again."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as it is understood for one platform."""

    source: "Source"
    other: str
    """Name of the platform whose export it is, when it is another one's."""
    sure: bool
    """Whether it is this platform's own export beyond doubt."""


class ExportFile(QObject):
    """One file at a time."""

    ready = Signal()
    """It is understood, for the first time or anew."""
    outdated = Signal()
    """She corrected something: what was read before is out of date."""
    failed = Signal(object)
    given_up = Signal()
    verify_other = Signal(str, object)
    """Name of a platform, path: she wants to verify that one with it."""

    def __init__(self, context: Context, view: VerifyView, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._over = parent
        self._view = view
        self._platform: Platform | None = None
        self._opened: Opened | None = None
        self._doubted: Opened | None = None
        """What she is asked about."""
        self._options: list[Options] = []
        self._changed: set[int] = set()
        """Lists whose options are not applied yet."""
        self._number = 0
        """The list whose columns are in sight."""
        self._task: Task | None = None
        self._round = 0
        """Counts what was begun; what belongs to an earlier round is thrown away."""
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE)
        self._settle.timeout.connect(self._apply)
        view.profile_wanted.connect(self._choose_profile)
        view.columns.changed.connect(self._corrected)
        view.columns.manage_wanted.connect(self._manage)
        view.parts.changed.connect(self._part_corrected)
        view.parts.opened.connect(self._look_at_part)

    @property
    def source(self) -> "Source | None":
        """The file, once it is understood and nothing that was corrected is waiting."""
        return self._opened.source if self._opened is not None and not self._changed else None

    @property
    def sure(self) -> bool:
        """Whether it is the platform's own export beyond doubt."""
        return self._opened is not None and self._opened.sure

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return self._task is None and not self._settle.isActive()

    def open(self, platform: Platform, path: Path) -> None:
        """Look at a file."""
        self.give_up()
        self._platform = platform
        desk, now, round_ = self._context.desk, self._context.now(), self._round
        service = desk.verify_platform

        def work(_report: Any) -> tuple[int, Opened]:
            source = service.open(path, now=now)
            other = service.other_platform(platform.id, source)
            if not other and not platform.known:
                # One of her own: nothing is known of its exports, but this may be one of another of her platforms.
                hers = (standing.platform for standing in desk.platforms.all(now))
                other = next((each.name for each in hers if service.sure(each.id, source)), "")
            return round_, Opened(source, other, service.sure(platform.id, source))

        self._task = self._context.tasks.run(work, done=self._on_opened, failed=self._on_failed)

    def give_up(self) -> None:
        """Let go of the file."""
        self._round += 1
        self._settle.stop()
        self.cancel()
        self._platform = self._opened = self._doubted = None
        self._options, self._changed, self._number = [], set(), 0

    def cancel(self) -> None:
        """Give up looking at it."""
        task, self._task = self._task, None
        if task is not None:
            self._round += 1
            task.cancel()

    def shut(self) -> None:
        """The window is closed."""
        self._settle.stop()

    def ask_first(self) -> bool:
        """Show the question that has to be answered before anything can be compared; False where there is none."""
        source = self.source
        if source is None or source.question is None:
            return False
        self._number = source.question[0]
        self._view.show_how(shown=True)
        self._show()
        return True

    def remember(self) -> None:
        """Keep what she corrected for the next file like this."""
        name = self._view.columns.questions.remember_as()
        if not name or self._opened is None:
            return
        part = self._opened.source.parts[self._number]
        if part.header is None:
            return
        memory = self._context.desk.remembered
        try:
            memory.remember(worth_remembering(name, part, memory.find(part.header)))
        except (UserError, OSError) as error:
            # The check goes on: what is remembered is a convenience.
            self._context.notice.emit(str(error))

    # -- opening

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self._task = None
            self.failed.emit(error)

    def _on_opened(self, outcome: tuple[int, Opened]) -> None:
        round_, opened = outcome
        if round_ != self._round:
            return
        self._task = None
        if opened.other:
            self._ask_other(opened)
        else:
            self._take(opened)

    def _ask_other(self, opened: Opened) -> None:
        """It is another platform's export: verify that one, or take it for this one's all the same."""
        assert self._platform is not None
        file, name = opened.source.path.name, self._platform.name
        self._view.clear(f"{file} looks like an export of {opened.other}, not of {name}.", tone="warning")
        self._doubted = opened
        dialog = OtherPlatformDialog(
            file, opened.other, self._platform, self._name_she_has(opened.other), self._over
        )
        dialog.other_wanted.connect(self._verify_other)
        dialog.same_wanted.connect(self._take_all_the_same)
        dialog.rejected.connect(self.given_up)
        dialog.open()

    def _name_she_has(self, other: str) -> str:
        """Return what she calls a platform; "" when it is none of hers."""
        platforms = self._context.desk.platforms
        ids = {known.id for known in platforms.known() if known.name == other}
        hers = (standing.platform for standing in platforms.all(self._context.now()))
        return next((each.name for each in hers if each.name == other or each.known in ids), "")

    def _verify_other(self, name: str) -> None:
        if self._doubted is not None:
            self.verify_other.emit(name, self._doubted.source.path)

    def _take_all_the_same(self) -> None:
        if self._doubted is not None:
            self._take(replace(self._doubted, sure=False))

    def _take(self, opened: Opened) -> None:
        self._opened = opened
        source = opened.source
        self._options = [part.options for part in source.parts]
        self._number = source.question[0] if source.question is not None else 0
        self._show()
        self.ready.emit()

    def _show(self) -> None:
        assert self._opened is not None
        source, context = self._opened.source, self._context
        of = PartContext(
            path=source.path,
            zone=context.zone,
            today=context.today(),
            scopes=tuple(context.desk.register.scopes()),
            members=len(source.parts) > 1,
        )
        self._view.show_source(source, self._options, self._number, of)

    # -- correcting

    def _look_at_part(self, number: int) -> None:
        self._number = number
        if self._opened is not None:
            self._show()

    def _corrected(self, options: "Options") -> None:
        self._part_corrected(self._number, options)

    def _part_corrected(self, number: int, options: "Options") -> None:
        if self._opened is None:
            return
        self._options[number] = options
        self._changed.add(number)
        self.cancel()
        self.outdated.emit()
        self._settle.start()

    def _apply(self) -> None:
        """Read the first rows again with all that was corrected."""
        opened, platform = self._opened, self._platform
        if opened is None or platform is None:
            return
        wanted = [(number, self._options[number]) for number in sorted(self._changed)]
        service, round_ = self._context.desk.verify_platform, self._round

        def work(_report: Any) -> tuple[int, Opened]:
            made = opened.source
            for number, options in wanted:
                made = service.correct(made, number, options)
            return round_, Opened(made, "", service.sure(platform.id, made))

        self._task = self._context.tasks.run(work, done=self._applied, failed=self._on_failed)

    def _applied(self, outcome: tuple[int, Opened]) -> None:
        round_, opened = outcome
        if round_ != self._round:
            return
        self._task = None
        self._opened = opened
        self._changed = set()
        self._show()
        self.ready.emit()

    def _choose_profile(self) -> None:
        from optoutdesk.ui.dialogs.profiles import ProfileDialog

        if self._opened is None:
            return
        dialog = ProfileDialog(self._opened.source.parts[self._number], self._over)
        dialog.chosen.connect(self._profile_chosen)
        dialog.open()

    def _profile_chosen(self, profile: str) -> None:
        # What was said of single columns belongs to what the file was taken for before.
        self._corrected(replace(self._options[self._number], profile=profile, mapping=None, day_order=None))

    def _manage(self) -> None:
        from optoutdesk.ui.dialogs.mappings import MappingsDialog

        MappingsDialog(self._context, self._over).open()
