"""Starts with the computer, in the tray: off until asked for; turning it off takes away what was written and no more."""

import hashlib
import os
import plistlib
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from optoutdesk.domain.errors import UserError

RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED_KEY = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
_TITLE = "Opt-Out Desk"
_MARK = "X-OptOutDesk-Autostart=true"


def start_command(folder: Path | None) -> list[str]:
    """Return the command that starts this program in the tray; `folder`: its data, where that is not the usual one."""
    program = [sys.executable]
    if not getattr(sys, "frozen", False):
        # pythonw opens no console on Windows.
        windowed = Path(sys.executable).with_name("pythonw.exe")
        program = [str(windowed) if windowed.exists() else sys.executable, "-m", "optoutdesk"]
    return [*program, "--tray", *(["--data", str(folder)] if folder is not None else [])]


class Autostart:
    """Whether one desk starts with the computer. What differs by system can be given, for the tests."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        system: str = sys.platform,
        home: Path | None = None,
        environment: Mapping[str, str] = os.environ,
        registry: Any = None,
    ) -> None:
        """`folder`: the desk's data, where that is not the usual one; each such desk starts for itself."""
        self._command = start_command(folder)
        self._other = hashlib.sha256(os.fsencode(folder)).hexdigest()[:8] if folder is not None else ""
        self._system = system
        self._home = home or Path.home()
        self._environment = environment
        self._registry = registry

    @property
    def is_on(self) -> bool:
        """Whether this program, where it lies now, starts with the computer."""
        try:
            if self._system == "win32":
                return self._windows.is_on()
            written = self.file.read_bytes()
        except OSError:
            return False
        # Also off: what a desktop's own settings switched off in our file, and another place of the program.
        return written == self._content()

    def turn_on(self) -> None:
        """Start with the computer from now on; UserError when the system does not let us say so."""
        try:
            if self._system == "win32":
                self._windows.turn_on()
                return
            self.file.parent.mkdir(parents=True, exist_ok=True)
            temporary = self.file.with_name(f".{self.file.name}.part")
            temporary.write_bytes(self._content())
            temporary.replace(self.file)
        except OSError as error:
            raise UserError(
                "The program could not be set to start with the computer. Check that you may change your own settings"
                " on this computer.",
                details=str(error),
            ) from error

    def turn_off(self) -> None:
        """Start with the computer no more; UserError when that cannot be taken away."""
        try:
            if self._system == "win32":
                self._windows.turn_off()
            elif self._is_ours():
                self.file.unlink()
        except OSError as error:
            raise UserError(
                f"The program still starts with the computer: {self.file if self._system != 'win32' else _TITLE} could not"
                " be removed. Remove it yourself.",
                details=str(error),
            ) from error

    def _is_ours(self) -> bool:
        """Whether the file is there and comes from us; a desktop's own settings may have changed it since."""
        try:
            return (_MARK if self._system != "darwin" else self._label).encode() in self.file.read_bytes()
        except FileNotFoundError:
            return False

    @property
    def file(self) -> Path:
        """The file that says so; on Windows it is a value in the registry instead."""
        if self._system == "darwin":
            return self._home / "Library" / "LaunchAgents" / f"{self._label}.plist"
        # Desktop Application Autostart Specification; a relative folder is to be ignored (Base Directory Specification).
        given = Path(self._environment.get("XDG_CONFIG_HOME", ""))
        config = given if given.is_absolute() else self._home / ".config"
        return config / "autostart" / f"{'-'.join(filter(None, ('optoutdesk', self._other)))}.desktop"

    @property
    def _label(self) -> str:
        return ".".join(filter(None, ("app", "optoutdesk", self._other)))

    @property
    def _windows(self) -> "_RunKey":
        name = f"{_TITLE} {self._other}".rstrip()
        return _RunKey(name, subprocess.list2cmdline(self._command), self._registry)

    def _content(self) -> bytes:
        if self._system == "darwin":
            return plistlib.dumps(
                {
                    "Label": self._label,
                    "ProgramArguments": self._command,
                    "RunAtLoad": True,
                    "ProcessType": "Interactive",
                }
            )
        entry = (
            "[Desktop Entry]\n"
            "Type=Application\n"
            f"Name={_TITLE}\n"
            "Comment=Reminds you of opt-out requests that are due\n"
            f"Exec={' '.join(map(desktop_quoted, self._command))}\n"
            "Icon=optoutdesk\n"
            "Terminal=false\n"
            "X-GNOME-Autostart-enabled=true\n"
            f"{_MARK}\n"
        )
        return os.fsencode(entry)


def desktop_quoted(argument: str) -> str:
    """Return an argument as Exec has it (Desktop Entry Specification): quoted, then escaped as any string of the file."""
    quoted = "".join(f"\\{sign}" if sign in '"`$\\' else sign for sign in argument).replace("%", "%%")
    # The file's own escapes come on top: a backslash there is two.
    return f'"{quoted}"'.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


class _RunKey:
    """One value of the Run key of whoever uses the computer."""

    def __init__(self, name: str, command: str, registry: Any) -> None:
        if registry is None:
            import winreg  # there on Windows only

            registry = winreg
        self._name = name
        self._command = command
        self._registry = registry

    def _read(self, path: str) -> Any:
        with (
            suppress(FileNotFoundError),
            self._registry.OpenKey(self._registry.HKEY_CURRENT_USER, path) as key,
        ):
            return self._registry.QueryValueEx(key, self._name)[0]
        return None

    def is_on(self) -> bool:
        """Whether it is there and was not switched off in the Task Manager, whose first byte is odd then."""
        switched = self._read(APPROVED_KEY)
        return self._read(RUN_KEY) == self._command and not (switched and switched[0] & 1)

    def turn_on(self) -> None:
        """Write it, and take back that it was switched off."""
        with self._registry.CreateKeyEx(
            self._registry.HKEY_CURRENT_USER, RUN_KEY, 0, self._registry.KEY_SET_VALUE
        ) as key:
            self._registry.SetValueEx(key, self._name, 0, self._registry.REG_SZ, self._command)
        self._delete(APPROVED_KEY)

    def turn_off(self) -> None:
        """Take it away."""
        self._delete(RUN_KEY)

    def _delete(self, path: str) -> None:
        with (
            suppress(FileNotFoundError),
            self._registry.OpenKey(
                self._registry.HKEY_CURRENT_USER, path, 0, self._registry.KEY_SET_VALUE
            ) as key,
        ):
            self._registry.DeleteValue(key, self._name)
