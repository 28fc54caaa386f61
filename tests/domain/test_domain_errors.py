"""Errors are one plain sentence, with the technical part aside."""

from optoutdesk.domain.errors import DamagedStoreError, HiddenRowsError, StoreError, UserError


def test_an_error_is_its_sentence_and_keeps_its_details_aside() -> None:
    error = DamagedStoreError("The list is damaged.", details="page 7")
    assert (str(error), error.details) == ("The list is damaged.", "page 7")
    assert isinstance(error, StoreError)
    assert UserError("Try again.").details == ""


def test_hidden_rows_are_told_and_asked_about() -> None:
    error = HiddenRowsError("214 of 3,020 rows are hidden by a filter.")
    assert (
        str(error) == "214 of 3,020 rows are hidden by a filter. Say whether they are meant too, or left out."
    )
    assert error.found == "214 of 3,020 rows are hidden by a filter."
