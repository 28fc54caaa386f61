"""Errors are one plain sentence, with the technical part aside."""

from optoutdesk.domain.errors import DamagedStoreError, StoreError, UserError


def test_an_error_is_its_sentence_and_keeps_its_details_aside() -> None:
    error = DamagedStoreError("The list is damaged.", details="page 7")
    assert (str(error), error.details) == ("The list is damaged.", "page 7")
    assert isinstance(error, StoreError)
    assert UserError("Try again.").details == ""
