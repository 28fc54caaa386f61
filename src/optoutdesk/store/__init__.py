"""The only SQL: takes and gives domain objects, hides the database behind `Store`."""

from optoutdesk.store.store import Act, CleanRecord, RegisterFilter, RegisterPage, RegisterRow, Store

__all__ = ["Act", "CleanRecord", "RegisterFilter", "RegisterPage", "RegisterRow", "Store"]
