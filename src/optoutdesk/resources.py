"""Finds a file of resources/ in a checkout, in an installed wheel and in a frozen build."""

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """Return the path of a file or folder below resources/; FileNotFoundError when it was not packed."""
    for root in _roots():
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError("/".join(("resources", *parts)))


def _roots() -> list[Path]:
    roots = [_PACKAGE / "resources", _PACKAGE.parents[1] / "resources"]
    frozen = getattr(sys, "_MEIPASS", None)  # where PyInstaller unpacks to
    if frozen is not None:
        roots.insert(0, Path(frozen) / "optoutdesk" / "resources")
    return roots
