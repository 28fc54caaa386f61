"""The only SQL: takes and gives domain objects, hides the database behind `Store`."""

from optoutdesk.store.acts import Act
from optoutdesk.store.open_work import OpenAt, OpenFilter, OpenWork
from optoutdesk.store.register import RegisterFilter, RegisterPage, RegisterPages, RegisterRow
from optoutdesk.store.rows import to_text
from optoutdesk.store.staging import Staged, StagedRow, Staging, outcome_code
from optoutdesk.store.store import Store

__all__ = [
    "Act",
    "OpenAt",
    "OpenFilter",
    "OpenWork",
    "RegisterFilter",
    "RegisterPage",
    "RegisterPages",
    "RegisterRow",
    "Staged",
    "StagedRow",
    "Staging",
    "Store",
    "outcome_code",
    "to_text",
]
