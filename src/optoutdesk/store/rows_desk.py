"""Platforms, what happened there, and what else belongs to a request: to the values of rows, and back."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from optoutdesk.domain import ledger
from optoutdesk.domain.platforms import Platform, TaskEvent, TaskState, Verification
from optoutdesk.domain.requests import Acknowledgement, Evidence
from optoutdesk.store.rows import as_text, from_text, to_text

PLATFORM = "p.*, t.at, t.by FROM platform p LEFT JOIN retired t ON t.platform_id = p.id"
"""What to_platform needs."""


def platform_values(platform: Platform) -> tuple[ledger.Value, ...]:
    return (
        *(platform.name, platform.known, platform.since.isoformat(), platform.by),
        *(to_text(platform.added_at), platform.after_request),
    )


def to_platform(row: Sequence[Any]) -> Platform:
    return Platform(
        id=row[0],
        name=row[1],
        known=row[2],
        since=date.fromisoformat(row[3]),
        by=row[4],
        added_at=from_text(row[5]),
        after_request=row[6],
        retired_at=from_text(row[7]) if row[7] else None,
        retired_by=row[8] or "",
    )


def task_values(event: TaskEvent) -> tuple[ledger.Value, ...]:
    return (
        *(event.request, event.platform, event.state.value, to_text(event.at), event.by),
        *(to_text(event.recorded_at), event.verification),
    )


def to_task_event(row: Sequence[Any]) -> TaskEvent:
    return TaskEvent(
        id=row[0],
        request=row[1],
        platform=row[2],
        state=TaskState(row[3]),
        at=from_text(row[4]),
        by=row[5],
        recorded_at=from_text(row[6]),
        verification=row[7],
    )


def verification_values(of: Verification) -> tuple[ledger.Value, ...]:
    return (
        *(of.platform, to_text(of.at), of.by, as_text(of.path.name), as_text(of.path), of.size, of.sha256),
        *(of.profile_name, of.rows, of.active, of.opted_out, of.agree, of.still_active, of.unknown_here),
        of.verified,
    )


def to_verification(row: Sequence[Any]) -> Verification:
    return Verification(
        *(row[1], from_text(row[2]), row[3], Path(row[5]), row[6], row[7], row[8], row[9], row[10], row[11]),
        *(row[12], row[13], row[14], row[15]),
        id=row[0],
    )


def evidence_values(evidence: Evidence) -> tuple[ledger.Value, ...]:
    return (
        *(evidence.request, evidence.opt_in, evidence.name, evidence.size, evidence.sha256, evidence.media),
        *(to_text(evidence.at), evidence.by, evidence.sender, evidence.subject, evidence.message_id),
        to_text(evidence.sent_at) if evidence.sent_at else None,
    )


def to_evidence(row: Sequence[Any]) -> Evidence:
    return Evidence(
        id=row[0],
        request=row[1],
        opt_in=row[2],
        name=row[3],
        size=row[4],
        sha256=row[5],
        media=row[6],
        at=from_text(row[7]),
        by=row[8],
        sender=row[9],
        subject=row[10],
        message_id=row[11],
        sent_at=from_text(row[12]) if row[12] else None,
    )


def to_acknowledgement(row: Sequence[Any]) -> Acknowledgement:
    return Acknowledgement(row[1], from_text(row[2]), row[3], row[4], row[5], id=row[0])
