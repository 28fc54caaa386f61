"""From domain objects to the values of rows, and back."""

import json
import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from optoutdesk.domain import ledger
from optoutdesk.domain.cleaning import CleanRecord
from optoutdesk.domain.importing import Batch
from optoutdesk.domain.requests import (
    Channel,
    Kind,
    OptIn,
    OptOutRequest,
    Precision,
    Received,
)


def to_text(moment: datetime) -> str:
    """Return an aware moment as it is stored: ISO 8601, UTC, to the second; sorts by time."""
    return f"{moment.astimezone(UTC).isoformat()[:19]}Z"  # strftime takes five times as long


def from_text(text: str) -> datetime:
    """Return the moment of a stored text."""
    return datetime.fromisoformat(text)


def request_values(request: OptOutRequest) -> tuple[ledger.Value, ...]:
    received = request.received
    return (
        request.kind.value,
        request.key,
        request.given,
        request.scope,
        to_text(received.instant),
        received.day.isoformat(),
        received.precision.value,
        received.zone,
        request.channel.value,
        request.note,
        request.by,
        to_text(request.recorded_at),
        request.due.isoformat(),
        request.policy,
        request.counting,
        request.name,
        request.platform,
        request.batch,
    )


_LAST_DONE = "FROM done WHERE request_id = r.id ORDER BY id DESC LIMIT 1"
REQUEST = (
    f"r.*, (SELECT at {_LAST_DONE}), (SELECT by {_LAST_DONE}),"
    " (SELECT u.at FROM withdrawn w JOIN undo u ON u.id = w.undo_id WHERE w.request_id = r.id),"
    " (SELECT origin FROM batch WHERE id = r.batch_id)"
)
"""What to_request needs of a request r."""


def to_request(row: Sequence[Any]) -> OptOutRequest:
    received = Received(from_text(row[5]), date.fromisoformat(row[6]), Precision(row[7]), row[8])
    return OptOutRequest(
        id=row[0],
        kind=Kind(row[1]),
        key=row[2],
        given=row[3],
        scope=row[4],
        received=received,
        channel=Channel(row[9]),
        note=row[10],
        by=row[11],
        recorded_at=from_text(row[12]),
        due=date.fromisoformat(row[13]),
        policy=row[14],
        counting=row[15],
        name=row[16],
        platform=row[17],
        batch=row[18],
        done_at=from_text(row[19]) if row[19] else None,
        done_by=row[20] or "",
        withdrawn_at=from_text(row[21]) if row[21] else None,
        origin=row[22] or "",
    )


_OF_BATCH = """
    SELECT r.id, r.kind, r.key, r.recorded_at FROM batch b JOIN request r
        ON r.id BETWEEN b.first_request AND b.first_request + b.requests - 1 WHERE b.id = :batch
    UNION
    SELECT r.id, r.kind, r.key, r.recorded_at FROM also a JOIN request r ON r.id = a.request_id
        WHERE a.batch_id = :batch AND r.batch_id IN (SELECT batch_id FROM undo)
"""
_WORKED_ON = """
    EXISTS (SELECT 1 FROM done WHERE request_id = o.id)
    OR EXISTS (SELECT 1 FROM task WHERE request_id = o.id AND state IN ('removed', 'not-there'))
    OR EXISTS (SELECT 1 FROM acknowledged WHERE request_id = o.id)
    OR EXISTS (SELECT 1 FROM evidence WHERE request_id = o.id)
    OR EXISTS (SELECT 1 FROM opt_in i WHERE i.key = o.key AND i.kind = o.kind AND i.recorded_at >= o.recorded_at)
"""
_NAMED_AGAIN = """
    EXISTS (SELECT 1 FROM also a
        WHERE a.request_id = o.id AND a.batch_id <> :batch AND a.batch_id NOT IN (SELECT batch_id FROM undo))
"""
_STANDING = f"FROM ({_OF_BATCH}) o WHERE NOT EXISTS (SELECT 1 FROM withdrawn WHERE request_id = o.id)"
WITHDRAWABLE = f"SELECT o.id {_STANDING} AND NOT ({_WORKED_ON}) AND NOT {_NAMED_AGAIN} ORDER BY o.id"
"""The requests that go when a batch is undone: what it brought, and what an undone batch left to it."""
COUNT_WITHDRAWABLE = f"SELECT count(*) {_STANDING} AND NOT ({_WORKED_ON}) AND NOT {_NAMED_AGAIN}"
COUNT_STAYING = f"SELECT count(*) {_STANDING} AND ({_WORKED_ON} OR {_NAMED_AGAIN})"
STAYING = (
    f"SELECT o.id, ({_WORKED_ON}) {_STANDING} AND ({_WORKED_ON} OR {_NAMED_AGAIN}) ORDER BY o.id LIMIT :limit"
)
"""Those that stay, and whether because she has worked on them since; else another file names them too."""


BATCH = "b.*, u.at, u.by FROM batch b LEFT JOIN undo u ON u.batch_id = b.id"
"""What to_batch needs."""


def batch_values(batch: Batch) -> tuple[ledger.Value, ...]:
    return (
        to_text(batch.at),
        batch.by,
        as_text(batch.source_path.name),
        as_text(batch.source_path),
        batch.source_size,
        batch.source_sha256,
        batch.profile_name,
        json.dumps(dict(batch.settings)),
        batch.rows,
        batch.imported,
        batch.already_known,
        batch.review,
        batch.skipped,
        batch.overdue,
        batch.requests,
        batch.first_request,
        batch.origin,
    )


def to_batch(row: Sequence[Any]) -> Batch:
    return Batch(
        id=row[0],
        at=from_text(row[1]),
        by=row[2],
        source_path=Path(row[4]),
        source_size=row[5],
        source_sha256=row[6],
        profile_name=row[7],
        settings=json.loads(row[8]),
        rows=row[9],
        imported=row[10],
        already_known=row[11],
        review=row[12],
        skipped=row[13],
        overdue=row[14],
        requests=row[15],
        first_request=row[16],
        origin=row[17],
        undone_at=from_text(row[18]) if row[18] else None,
        undone_by=row[19] or "",
    )


def to_entry(row: Sequence[Any]) -> ledger.Entry:
    try:
        spans = ledger.decode_spans(row[4])
    except ValueError:
        spans = (ledger.Span("?", 0, 0, 0),)  # was tampered with: the hash will not match
    return ledger.Entry(row[0], row[1], row[2], row[3], spans, bytes(row[5]), bytes(row[6]), bytes(row[7]))


def as_text(path: Path | str) -> str:
    """Return a path as text; bytes of its name that are no UTF-8 are escaped: the database cannot hold them."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def clean_values(record: CleanRecord) -> tuple[ledger.Value, ...]:
    return (
        to_text(record.at),
        record.by,
        record.scope,
        as_text(record.input_path.name),
        as_text(record.input_path),
        record.input_size,
        record.input_sha256,
        record.sheet,
        json.dumps(record.columns),
        json.dumps(dict(record.rules)),
        record.rows,
        record.kept,
        json.dumps(dict(record.reasons)),
        record.trimmed,
        as_text(record.output_path.name),
        as_text(record.output_path),
        record.output_size,
        record.output_sha256,
        as_text(record.removed_path),
        record.removed_size,
        record.removed_sha256,
        record.suppressed_addresses,
        record.suppressed_domains,
        record.against_entry,
        record.against_head,
    )


def to_clean(row: Sequence[Any]) -> CleanRecord:
    return CleanRecord(
        id=row[0],
        at=from_text(row[1]),
        by=row[2],
        scope=row[3],
        input_path=Path(row[5]),
        input_size=row[6],
        input_sha256=row[7],
        sheet=row[8],
        columns=tuple(json.loads(row[9])),
        rules=json.loads(row[10]),
        rows=row[11],
        kept=row[12],
        reasons=json.loads(row[13]),
        trimmed=row[14],
        output_path=Path(row[16]),
        output_size=row[17],
        output_sha256=row[18],
        removed_path=Path(row[19]),
        removed_size=row[20],
        removed_sha256=row[21],
        suppressed_addresses=row[22],
        suppressed_domains=row[23],
        against_entry=row[24],
        against_head=row[25],
    )


def opt_in_values(opt_in: OptIn) -> tuple[ledger.Value, ...]:
    """Return an opt-in's row without its id."""
    return (
        opt_in.kind.value,
        opt_in.key,
        opt_in.scope,
        to_text(opt_in.at),
        opt_in.by,
        opt_in.evidence,
        to_text(opt_in.recorded_at),
        opt_in.who,
        opt_in.how,
    )


def to_opt_in(row: Sequence[Any]) -> OptIn:
    """Return the opt-in of a row."""
    return OptIn(
        *(row[0], Kind(row[1]), row[2], row[3], from_text(row[4]), row[5], row[6], from_text(row[7])),
        who=row[8],
        how=row[9],
    )
