"""The FCC's list of wireless domains: read from a file she names, kept, and given up for the one of the program.

47 CFR 64.3100: the list is the FCC's and it changes, so the program ships only a short one that is marked unofficial.
"""

import csv
import hashlib
import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from optoutdesk.domain.address import Problem, domain_key
from optoutdesk.domain.errors import UserError
from optoutdesk.services.counting import WirelessDomains, load_wireless_domains
from optoutdesk.spreadsheets.output import PendingFile, cannot_write

MOST_BYTES = 1 << 20
"""Of a file she loads: the FCC's list is some ten kilobytes."""
_LINE_END = re.compile(r"\r\n|\r|\n")
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_COMMENT = re.compile(r"(?:^|\s)(?:#|//).*")
_BEFORE = re.compile(r"\*?@|\*?\.")
"""What may stand before a domain: @vtext.com, *@vtext.com, *.vtext.com, .vtext.com."""
_DELIMITERS = ",;\t|"
_SHOWN = 60


class WirelessLists:
    """The list of wireless domains in use: hers, kept in one file of the data folder, or the one of the program."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def in_use(self) -> WirelessDomains:
        """Return the list by which due dates are counted; UserError when the kept one cannot be read."""
        return load_wireless_domains(self._file)

    def use(self, domains: WirelessDomains) -> None:
        """Keep a list that was read from a file, whole or not at all; the one of the program keeps none. OutputError."""
        try:
            if not domains.file:
                self._file.unlink(missing_ok=True)
                return
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise cannot_write(self._file, error) from error
        content = {
            "file": domains.file,
            "loaded": domains.loaded.isoformat() if domains.loaded else "",
            "domains": sorted(domains.domains),
        }
        with PendingFile(self._file, overwrite=True) as pending:
            pending.stream.write(json.dumps(content, indent=2, ensure_ascii=False).encode("utf-8") + b"\n")
            pending.seal()
            pending.publish()


def read_wireless_domains(path: Path, *, now: datetime) -> WirelessDomains:
    """Return the domains of a text file, one a line or in one column of a CSV file; nothing is kept.

    UserError is one sentence for her: with the line where one holds no domain.
    """
    rows = _rows(path)
    column, first = _column(path, rows)
    domains = set()
    for number, cells in rows[first:]:
        cell = cells[column] if column < len(cells) else ""
        if cell:
            key = _domain(cell)
            if key is None:
                raise UserError(
                    f"Line {number} of {path.name} is no domain: “{_shown(cell)}”. Correct that line and load the file again; "
                    "nothing was changed."
                )
            domains.add(key)
    if not domains:
        raise _nothing_in(path)
    name = path.name.encode("utf-8", "replace").decode("utf-8")  # a name may hold any bytes
    usual = load_wireless_domains()
    return replace(usual, domains=frozenset(domains), official=True, file=name, loaded=now)


def in_words(domains: WirelessDomains) -> str:
    """Return a list as it stands in the ledger: what it was can be shown by its digest, of the sorted lines."""
    if not domains.file:
        return "the list of the program"
    lines = "".join(f"{domain}\n" for domain in sorted(domains.domains))
    digest = hashlib.sha256(lines.encode("ascii")).hexdigest()
    count = f"{len(domains.domains)} domain{'s' if len(domains.domains) != 1 else ''}"
    return f"{count} from {domains.file}, SHA-256 {digest}"


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return the lines that are neither blank nor a comment, each with its number and its cells."""
    lines = [
        (number, stripped)
        for number, line in enumerate(_LINE_END.split(_text(path)), 1)
        if (stripped := _COMMENT.sub("", line).strip())
    ]
    if not lines:
        raise _nothing_in(path)
    often = {sign: sum(sign in line for _, line in lines) for sign in _DELIMITERS}
    sign = max(often, key=lambda each: often[each])
    if often[sign] * 2 <= len(lines):
        return [(number, [line]) for number, line in lines]
    return [
        (number, [cell.strip() for cell in next(csv.reader([line], delimiter=sign))])
        for number, line in lines
    ]


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise FileNotFoundError("no such file")  # a folder, or a pipe on which one would wait
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise UserError(f"{path} cannot be read. Check its name and folder.", details=str(error)) from error
    if len(content) > MOST_BYTES:
        raise UserError(
            f"{path.name} is larger than 1 MB. A list of domains is a small text file; choose that one."
        )
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if not _NO_TEXT.search(text):
            return text
    raise UserError(
        f"{path.name} is no text file. Save the list as text or CSV, one domain a line, and load that file."
    )


def _column(path: Path, rows: list[tuple[int, list[str]]]) -> tuple[int, int]:
    """Return the index of the column that holds the domains, and of the first row below a header."""
    names = rows[0][1]
    named = [i for i, cell in enumerate(names) if "domain" in cell.casefold() and _domain(cell) is None]
    first = 1 if named else 0
    width = max(len(cells) for _, cells in rows)
    wanted = named or range(width)
    holding = [i for i in wanted if any(i < len(cells) and _domain(cells[i]) for _, cells in rows[first:])]
    if not holding and len(wanted) > 1:
        raise _nothing_in(path)
    if len(holding) > 1:
        raise UserError(
            f"Several columns of {path.name} hold domains. Leave only the one with the wireless domains, and load the file "
            "again."
        )
    return (holding or list(wanted))[0], first


def _domain(cell: str) -> str | None:
    found = _BEFORE.match(cell)
    key = domain_key(cell[found.end() :] if found else cell)
    return None if isinstance(key, Problem) else key


def _shown(cell: str) -> str:
    text = "".join(sign if sign.isprintable() else "·" for sign in cell)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _nothing_in(path: Path) -> UserError:
    return UserError(f"There is no domain in {path.name}. It should hold one a line, such as vtext.com.")
