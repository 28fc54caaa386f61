"""Hidden rows of a workbook that are left out of a clean: judged apart, so that no other row repeats one of them."""

from collections.abc import Sequence

from optoutdesk.domain.cleaning import Batch, Cleaning, Reason, Removed, Rules, Verdict
from optoutdesk.domain.matching import SuppressionList
from optoutdesk.services.clean_rows import People
from optoutdesk.spreadsheets.table import Block

_GRAVER = (Reason.OPTED_OUT, Reason.DOMAIN)


class HiddenLeftOut:
    """Judges the rows of one list, of which the hidden ones are left out."""

    def __init__(self, cleaning: Cleaning, suppression: SuppressionList) -> None:
        self._cleaning = cleaning
        self._suppressed = Cleaning(suppression, Rules(keep_duplicates=True))

    def judge(self, batch: Batch, hidden: Sequence[int]) -> dict[int, Verdict]:
        """Return what Cleaning.judge would, with each of the `hidden` positions removed.

        Who is suppressed is removed as that; everything else about a hidden row does not matter.
        """
        apart = set(hidden)
        shown = [index for index in range(len(batch.numbers)) if index not in apart]
        judged = self._cleaning.judge(_only(batch, shown))
        verdicts = {shown[index]: verdict for index, verdict in judged.items()}
        judged = self._suppressed.judge(_only(batch, hidden))
        for place, index in enumerate(hidden):
            verdict = judged.get(place)
            if not isinstance(verdict, Removed) or verdict.reason not in _GRAVER:
                verdict = Removed(batch.numbers[index], Reason.HIDDEN, _given(batch.cells[index]), None)
            verdicts[index] = verdict
        return {index: verdicts[index] for index in sorted(verdicts)}


def hidden_people(block: Block, people: People) -> list[int]:
    """Return which people of a block stand in hidden rows, by their place among the people."""
    if not block.hidden:
        return []
    hidden = set(block.hidden)
    return [index for index, position in enumerate(people.positions) if position in hidden]


def _only(batch: Batch, indexes: Sequence[int]) -> Batch:
    return Batch(
        [batch.numbers[index] for index in indexes],
        [batch.cells[index] for index in indexes],  # type: ignore[arg-type]  # all of one kind, as before
        {place: batch.beside[index] for place, index in enumerate(indexes) if index in batch.beside},
        {place: batch.broken[index] for place, index in enumerate(indexes) if index in batch.broken},
    )


def _given(cell: str | tuple[str, ...]) -> str:
    """Return the first address cell that is filled."""
    cells = (cell,) if isinstance(cell, str) else cell
    return next((text.strip() for text in cells if text.strip()), "")
