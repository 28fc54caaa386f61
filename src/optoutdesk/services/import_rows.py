"""From the rows of a file of opt-outs to the entries that are staged: who, of which mail, since when, or why not."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime

from optoutdesk.domain.address import NO_AT, exact_key, parse_domain_entry, plain_key, read_cell
from optoutdesk.domain.dates import EMPTY as NO_DATE
from optoutdesk.domain.dates import DateReader, NoDate
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.hashing import digest_key
from optoutdesk.domain.importing import Outcome
from optoutdesk.domain.platforms import Platform
from optoutdesk.domain.requests import (
    Channel,
    Kind,
    Received,
    received_by,
    received_on,
    same_list,
    scope_name,
)
from optoutdesk.services.clean_rows import GLUED
from optoutdesk.services.counting import Counting
from optoutdesk.services.import_source import Part
from optoutdesk.spreadsheets.profiles import GENERIC, Field, Standing, Verdict, domain_of_pattern, judge
from optoutdesk.spreadsheets.table import Block, Table
from optoutdesk.store import Staged, outcome_code, to_text

_NEW = outcome_code(Outcome.NEW)
_REVIEW = outcome_code(Outcome.REVIEW)
_WRONG = outcome_code(Outcome.NOT_AN_ADDRESS)
_EMPTY = outcome_code(Outcome.EMPTY)
_ACTIVE = outcome_code(Outcome.ACTIVE)
_HIDDEN = outcome_code(Outcome.HIDDEN)
_SHOWN = 200
"""Characters of a cell that is no address that are kept to be shown."""
_MOST_NOTE = 2_000
_MOST_LISTS = 10_000
_DATES_AT_HAND = 50_000
_DOMAINS_AT_HAND = 50_000

_HASH = Kind.HASH.value
_OWN = "one of your own addresses"
_OUT = (Standing.OPTED_OUT, Standing.BOUNCE)

Entry = Staged | tuple[int | str, ...]
"""A staged entry, or its bare values."""
_Found = tuple[int, str, str, str, str]
"""Outcome, kind, key, as given, reason."""
_Receipt = tuple[str, str, str, str, int]
"""Instant, day, precision, due date, and 1 where that is over."""


class RowReader:
    """Reads the rows of one part in their order."""

    def __init__(
        self,
        index: int,
        part: Part,
        table: Table,
        counting: Counting,
        now: datetime,
        spelling: "Spelling",
        own: Collection[str] = (),
        *,
        settled: bool = False,
    ) -> None:
        """Take a part with its open table; `own`: match keys of the business's own addresses, which nobody opts out.

        `settled`: nothing is to be done for the requests of this file (see is_settled()).
        """
        self._own = frozenset(own)
        self._settled = settled
        self.unused = 0
        """Rows read so far with an address in a column that is not used."""
        self._index = index
        self._part = part
        self._table = table
        self._counting = counting
        self._today = counting.today(now).isoformat()
        self._spelling = spelling
        self._judge: Callable[[Sequence[str]], Verdict] = judge(part.profile, part.mapping)
        convention = part.profile.zone.iana or "UTC"
        zone = part.reading.zone
        self._dates = DateReader(counting.zone, now, also=[convention], written=zone, order=part.day_order)
        columns = part.mapping.columns
        self._addresses = columns.get(Field.ADDRESS, ())
        self._last_address = self._addresses[-1] if self._addresses else 0
        self._received = part.mapping.column(Field.RECEIVED)
        self._names = [
            i for of in (Field.FIRST_NAME, Field.LAST_NAME, Field.NAME) for i in columns.get(of, ())
        ]
        self._notes = [i for of in (Field.REASON, Field.NOTE) for i in columns.get(of, ())]
        self._platform = part.mapping.column(Field.PLATFORM)
        self._from = part.profile.platform.name if part.profile.id != GENERIC else ""
        self._width = part.layout.width if part.header is None else len(part.header)
        self._meant = {i for at in columns.values() for i in at} | set(part.options.mapping or ())
        """Columns of which she or the profile says what they are, if only that they are nothing."""
        if part.mend_column is not None:
            self._width = max(self._width, part.mend_column + 1)
            self._meant.add(part.mend_column)
        self._receipts: dict[str, tuple[_Receipt, str]] = {}
        self._dues: dict[str, tuple[str, int]] = {}
        self._wireless: dict[str, bool] = {}
        self._wireless_dues: dict[str, tuple[str, int, str]] = {}
        self._default = self._receipt(part.received_default)

    def entries(self, block: Block) -> Iterator[Entry]:
        """Yield the entries of a block's rows; titles, the header and blank lines are no rows."""
        first = self._part.layout.first_row
        glued = set(block.several_lines)
        hidden = set() if self._part.options.include_hidden else set(block.hidden)
        decode = self._table.decode
        for position, (number, row) in enumerate(zip(block.numbers, block.rows, strict=True)):
            text = "".join(row)
            if not text or text.isspace():
                continue
            cells = row if text.isascii() else [decode(cell) for cell in row]
            if number < first:
                yield from self._above(number, cells)
                continue
            if position in hidden:
                given = self._given(cells)
                yield self._staged(number, (_HIDDEN, "", "", given, "hidden row, left out"), row=cells)
                continue
            if "@" in text and self._part.taken and self._hides_another(cells, text):
                self.unused += 1
            plain = self._plain(number, cells) if position not in glued else None
            if plain is not None:  # nearly every row
                yield plain
            else:
                yield from self._of_row(number, cells, several_lines=position in glued)

    def _hides_another(self, row: Sequence[str], text: str) -> bool:
        """Whether an address stands in a column of which nobody says what it is."""
        if text.count("@") <= sum([row[i].count("@") for i in self._addresses if i < len(row)]):
            return False  # nearly always
        return any(
            "@" in cell and i not in self._meant and i < self._width and bool(read_cell(cell).addresses)
            for i, cell in enumerate(row)
        )

    def _above(self, number: int, row: Sequence[str]) -> Iterator[Entry]:
        """Yield what stands above the rows and is no header: a title is passed over, unless somebody is named in it."""
        if number == self._part.header_row or not self._part.taken:
            return
        who = next((cell for cell in row if any(each[0] == _NEW for each in _read(cell))), None)
        if who is not None:
            yield self._staged(number, (_REVIEW, "", "", who.strip(), "above the header"), row=row)

    def _plain(self, number: int, row: Sequence[str]) -> Entry | None:
        """Return the entry of a row with one plain address that opted out of one thing; None: it is not that plain."""
        if len(self._addresses) > 1 or len(row) > self._width or self._last_address >= len(row):
            return None
        cell = row[self._last_address]
        key = plain_key(cell)
        if key is None or key in self._own:
            return None
        verdict = self._judge(row)
        if verdict.standing not in _OUT or len(verdict.scopes) > 1:
            return None
        return self._claim(
            number, row, verdict, (_NEW, "address", key, cell.strip(), ""), verdict.scopes[0], 0
        )

    def _of_row(self, number: int, row: Sequence[str], *, several_lines: bool) -> Iterator[Entry]:
        verdict = self._judge(row)
        standing = verdict.standing
        if standing in _OUT:
            yield from self._several(number, row, verdict, several_lines=several_lines)
            return
        if standing is Standing.PATTERN:
            cell = self._given(row)
            domain = domain_of_pattern(cell, verdict.pattern)
            if domain is not None:
                found = (_NEW, Kind.DOMAIN.value, domain, cell, "")
                yield self._claim(number, row, verdict, found, self._part.profile.scope, 0)
            else:
                reason = f"{verdict.reason}: a pattern of addresses, not one address"
                yield self._staged(number, (_REVIEW, "", "", cell, reason), row=row)
            return
        outcome = _REVIEW if standing is Standing.UNKNOWN else _ACTIVE
        keys = [""]
        if verdict.subscribed:  # of any of these people it may be a conflict
            read = (read_cell(_cell(row, i)) for i in self._addresses)
            keys = list(dict.fromkeys(a.key for each in read for a in each.addresses)) or keys
        kind, given = Kind.ADDRESS.value if keys[0] else "", self._given(row)
        said: list[_Found] = [(outcome, kind, key, given, verdict.reason) for key in keys]
        if verdict.subscribed and not keys[0]:
            # Who is active is not known: it may be somebody who is suppressed.
            unread = (each for i in self._addresses for each in _read(_cell(row, i)))
            said = [each for each in unread if each[0] == _WRONG] or said
        if self._part.taken:
            said += self._elsewhere(row, several_lines=several_lines)
        for each in said:
            yield self._staged(number, each, int(len(said) > 1), row=row)

    def _several(
        self, number: int, row: Sequence[str], verdict: Verdict, *, several_lines: bool
    ) -> Iterator[Entry]:
        """Yield the entries of a row the long way: of all its addresses, and of what hides in it."""
        found = {
            each[1:3] if each[2] else each: each for each in self._found(row, several_lines=several_lines)
        }
        if not found:
            found = {("", ""): (_EMPTY, "", "", "", "no address")}
        pairs = [
            (each, scope)
            for each in found.values()
            for scope in (verdict.scopes if each[0] == _NEW else verdict.scopes[:1])
        ]
        many = int(len(pairs) > 1)
        for each, scope in pairs:
            if each[0] == _NEW:
                yield self._claim(number, row, verdict, each, scope, many)
            else:
                yield self._staged(number, each, many, row=row)

    def _found(self, row: Sequence[str], *, several_lines: bool) -> Iterator[_Found]:
        notes: list[str] = []
        anyone = False
        for index in self._addresses:
            for each in _read(_cell(row, index)):
                if each[0] == _WRONG and each[4].startswith(NO_AT):
                    notes.append(each[3])
                    continue
                anyone = True
                yield (_REVIEW, "", "", each[3], _OWN) if each[2] in self._own else each
        if not anyone and notes:
            # Nothing but text without an @: no note beside an address, the address itself.
            yield from _read(notes[0])
        yield from self._elsewhere(row, several_lines=several_lines)

    def _elsewhere(self, row: Sequence[str], *, several_lines: bool) -> Iterator[_Found]:
        """Yield the cells with an address in them that belong to no row of their own: some quotation mark is missing."""
        over = range(self._width, len(row))
        glued = [i for i, cell in enumerate(row) if "\n" in cell or "\r" in cell] if several_lines else []
        for index in dict.fromkeys([*(i for i in over if i not in self._meant), *glued]):
            if (
                index not in self._addresses
                and index != self._part.mend_column
                and "@" in row[index]
                and read_cell(row[index]).addresses
            ):
                reason = (
                    "more cells than the header has names, and one of them holds an address"
                    if index >= self._width
                    else str(GLUED)
                )
                yield _REVIEW, "", "", _short(row[index]), reason

    def _claim(
        self, number: int, row: Sequence[str], verdict: Verdict, found: _Found, scope: str, many: int
    ) -> Entry:
        (at, day, precision, due, overdue), remark = self._received_of(row, verdict)
        channel = verdict.channel or self._part.profile.channel
        outcome, kind, key, given, _ = found
        policy = ""
        if self._is_wireless(key):
            due, overdue, policy = self._wireless_due(day, key)
        if channel is Channel.BOUNCE or kind == _HASH or self._settled:
            overdue = 0  # nobody asked, nobody can be found by it, or the platform itself is the only place to do it
        # A plain tuple in the order of Staged: there may be millions.
        return (
            *(self._index, number, outcome, many, kind, key, given, self._spelling.of(scope)),
            *(at, day, precision, self._counting.zone, channel.value),
            *(self._name(row), self._platform_of(row), self._note(row, remark)),
            *(due, overdue, remark, policy),
        )

    def _is_wireless(self, key: str) -> bool:
        """Whether an address is at a wireless domain, or an entry is one; millions of addresses share few domains."""
        domain = key[key.rfind("@") + 1 :]
        known = self._wireless.get(domain)
        if known is None:
            if len(self._wireless) >= _DOMAINS_AT_HAND:
                self._wireless.clear()
            known = self._wireless[domain] = domain in self._counting.wireless
        return known

    def _wireless_due(self, day: str, key: str) -> tuple[str, int, str]:
        """Return the due date, whether it is over, and the policy that gives it; "" for the business's own."""
        found = self._wireless_dues.get(day)
        if found is None:
            received = received_on(date.fromisoformat(day), self._counting.zone)
            counted = self._counting.count(received, domain=key[key.rfind("@") + 1 :])
            due = counted.due.isoformat()
            policy = "" if counted.policy is self._counting.policy else counted.policy.id
            found = self._wireless_dues[day] = (due, int(due < self._today), policy)
        return found

    def _staged(self, number: int, found: _Found, many: int = 0, *, row: Sequence[str]) -> Staged:
        """Return an entry that is no claim."""
        outcome, kind, key, given, reason = found
        nothing = ("", "", "", "", "", "")  # scope, receipt and channel
        return Staged(
            *(self._index, number, outcome, many),
            *(kind, key, _short(given), *nothing),
            self._name(row),
            *("", "", ""),
            overdue=0,
            reason=reason,
        )

    def _received_of(self, row: Sequence[str], verdict: Verdict) -> tuple[_Receipt, str]:
        """Return a row's receipt, and a remark where its date cannot be read."""
        index = self._received
        if index is None or not verdict.dated or index >= len(row):
            return self._default, ""
        cell = row[index]
        known = self._receipts.get(cell)
        if known is None:
            read = self._dates.read(cell)
            if isinstance(read, NoDate):
                remark = "" if read is NO_DATE else f"date “{_short(cell.strip(), 40)}” not read: {read}"
                known = self._default, remark
            elif self._part.mapping.received_is_latest:
                known = self._receipt(received_by(read.day, self._counting.zone)), ""
            else:
                known = self._receipt(read), ""
            if len(self._receipts) >= _DATES_AT_HAND:
                self._receipts.clear()
            self._receipts[cell] = known
        return known

    def _receipt(self, received: Received) -> _Receipt:
        day = received.day.isoformat()
        due = self._dues.get(day)
        if due is None:
            last = self._counting.due(received).isoformat()
            due = self._dues[day] = (last, int(last < self._today))
        return to_text(received.instant), day, received.precision.value, *due

    def _given(self, row: Sequence[str]) -> str:
        return next((cell for i in self._addresses if (cell := _cell(row, i).strip())), "")

    def _name(self, row: Sequence[str]) -> str:
        return _short(_joined(self._names, row, " ")) if self._names else ""

    def _platform_of(self, row: Sequence[str]) -> str:
        if self._platform is None:
            return self._from
        return _short(_cell(row, self._platform).strip()) or self._from

    def _note(self, row: Sequence[str], remark: str) -> str:
        """Return what the file adds, after what could not be read of its date: that stands nowhere else."""
        note = _joined(self._notes, row, " · ")[:_MOST_NOTE] if self._notes else ""
        return f"{remark} · {note}" if remark and note else remark or note


class Spelling:
    """One list has one name, however a file spells it."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = {same_list(name): name for name in known}
        self._seen: dict[str, str] = {}

    def of(self, scope: str) -> str:
        """Return the spelling under which a list is known already."""
        found = self._seen.get(scope)
        if found is None:
            if len(self._seen) >= _MOST_LISTS:
                raise UserError(
                    f"A column is read as the names of lists and has more than {_MOST_LISTS:,} different ones. "
                    "Say what that column is, or leave it out (--map leave-out=COLUMN)."
                )
            name = scope_name(scope)
            found = self._seen[scope] = self._known.setdefault(same_list(name), name)
        return found


def is_settled(platforms: Iterable[Platform], origin: str) -> bool:
    """Whether the platform whose own export a file is (by its id) is the only one she has: then nothing is left to do."""
    active = [platform for platform in platforms if platform.retired_at is None]
    return bool(origin and active) and all(platform.known == origin for platform in active)


def _read(cell: str) -> Iterator[_Found]:
    """Yield what one address cell holds: addresses, a hash, a domain, or what is wrong with it."""
    digest = digest_key(cell)
    if digest is not None:
        yield _NEW, Kind.HASH.value, digest, cell.strip(), ""
        return
    domain = parse_domain_entry(cell)
    if isinstance(domain, str):
        yield _NEW, Kind.DOMAIN.value, domain, cell.strip(), ""
        return
    reading = read_cell(cell)
    unusual = exact_key(cell) if reading.problem is not None and not reading.addresses else None
    if unusual is not None:
        yield _NEW, Kind.ADDRESS.value, unusual, cell.strip(), ""
        return
    for address in reading.addresses:
        yield _NEW, Kind.ADDRESS.value, address.key, address.given, ""
    if reading.problem is not None:
        yield _WRONG, "", "", cell.strip(), str(reading.problem)


def _cell(row: Sequence[str], index: int) -> str:
    return row[index] if index < len(row) else ""


def _joined(columns: Sequence[int], row: Sequence[str], between: str) -> str:
    width = len(row)
    return between.join([cell for i in columns if i < width and (cell := row[i].strip())])


def _short(text: str, length: int = _SHOWN) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
