"""What a command printed and how it ended."""

import json
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        value = json.loads(self.out)
        assert isinstance(value, dict)
        assert self.err == ""
        return value


Run = Callable[..., Ran]


def failed(ran: Ran, code: int) -> str:
    """Return the one sentence with which a command failed."""
    assert ran.code == code
    assert ran.out == ""
    assert ran.err.startswith("optoutdesk: ")
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err
    return ran.err
