"""Acknowledging: a draft that any mail program understands, which asks nothing, and is on record once she sent it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clock import NOW
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import Channel, Kind, OptOutRequest, Precision
from optoutdesk.services import acknowledge
from optoutdesk.services.acknowledge import LONGEST_LINK, Draft
from optoutdesk.services.changes import Changes
from optoutdesk.services.templates import Template, shipped

Asked = Callable[..., OptOutRequest]


@pytest.fixture
def asked(desk: Desk) -> Asked:
    def do(address: str = "Jane.Doe@Example.com", scope: str = "all", channel: Channel = Channel.REPLY):
        service = desk.record_optout
        received = service.received(datetime(2026, 11, 10, 21, 42, tzinfo=UTC), NOW)
        entries = service.parse([address])
        recorded, _ = service.record(entries, received, now=NOW, by="Ana", scope=scope, channel=channel)
        return recorded[0].request

    return do


def draft(desk: Desk, request: OptOutRequest, template: Template | None = None) -> Draft:
    return desk.acknowledge.draft(request, template or shipped()[0])


def parsed(link: str) -> tuple[str, str, str]:
    """Read a mailto link as RFC 6068 says: address, subject, body with its line breaks as \\n."""
    parts = urlsplit(link)
    assert parts.scheme == "mailto"
    fields = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    return unquote(parts.path), fields.get("subject", ""), fields.get("body", "").replace("\r\n", "\n")


def test_the_shipped_template_is_a_short_confirmation_that_asks_for_nothing(desk: Desk, asked: Asked) -> None:
    desk.change_settings(replace(desk.settings, business_name="Lakeside Garden Supply"))
    made = draft(desk, asked())
    assert made.template == "Thank you"
    assert made.body == (
        "Hello,\n\nWe received your request of 10 Nov 2026. We will not send marketing mail to "
        "Jane.Doe@example.com any more.\n\nThere is nothing you need to do.\n\nLakeside Garden Supply"
    )
    assert not any(sign in made.body + made.subject for sign in "?{}")  # no question, nothing left to fill in
    assert "http" not in made.body  # 16 CFR 316.5: not even a page to visit


def test_one_list_is_named_and_a_business_without_a_name_leaves_no_gap(desk: Desk, asked: Asked) -> None:
    made = draft(desk, asked(scope="Newsletter"))
    assert "We will not send “Newsletter” to Jane.Doe@example.com" in made.body
    assert made.body.endswith("There is nothing you need to do.")


def test_a_receipt_that_is_only_known_by_its_latest_day_says_so(desk: Desk, asked: Asked) -> None:
    request = asked()
    unsure = replace(request, received=replace(request.received, precision=Precision.UNKNOWN))
    assert "your request of 10 Nov 2026 or before." in draft(desk, unsure).body


def test_the_link_says_what_the_draft_says(desk: Desk, asked: Asked) -> None:
    made = draft(desk, asked())
    assert parsed(made.link) == (made.address, made.subject, made.body)
    assert made.with_text
    assert made.link.startswith("mailto:Jane.Doe@example.com?subject=Your%20request%20")
    assert "%0D%0A%0D%0AWe%20received" in made.link


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    subject=st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), min_size=1, max_size=40
    ),
    body=st.text(st.sampled_from('aä&=?#%+ \n"<>日😀;,/'), min_size=1, max_size=120),
)
def test_every_text_arrives_as_it_was_written(desk: Desk, subject: str, body: str) -> None:
    request = jane(desk)
    made = draft(desk, request, Template("x", subject, body))
    assert made.link.isascii()
    assert not set(made.link) & set(' "<>\\^`{|}\r\n')
    assert parsed(made.link) == (made.address, " ".join(subject.split()), body.strip())


def jane(desk: Desk) -> OptOutRequest:
    known = desk.store.requests_about((Kind.ADDRESS, "jane@example.com"))
    if not known:
        service = desk.record_optout
        received = service.received(date(2026, 11, 10), NOW)
        service.record(service.parse(["jane@example.com"]), received, now=NOW, by="Ana")
        known = desk.store.requests_about((Kind.ADDRESS, "jane@example.com"))
    return known[0]


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("a+news@example.com", "a%2Bnews@example.com"),
        ("o'neil&co@example.com", "o%27neil%26co@example.com"),
        ("what?now@example.com", "what%3Fnow@example.com"),
        ("jörg@müller.example", "j%C3%B6rg@xn--mller-kva.example"),
    ],
)
def test_odd_addresses_stay_in_one_piece(desk: Desk, asked: Asked, address: str, path: str) -> None:
    link = draft(desk, asked(address)).link
    assert link.startswith(f"mailto:{path}?subject=")


def test_a_text_too_long_for_a_link_is_left_to_be_pasted(desk: Desk, asked: Asked) -> None:
    request = asked()
    made = draft(desk, request, Template("Long", "Subject", "word " * 400))
    assert not made.with_text
    assert len(made.link) <= LONGEST_LINK
    assert parsed(made.link) == (made.address, "Subject", "")
    assert made.text == f"To: {made.address}\nSubject: Subject\n\n{made.body}\n"


def test_what_she_sent_is_on_record(desk: Desk, asked: Asked) -> None:
    request = asked()
    assert desk.acknowledge.record(request, draft(desk, request), by="Ben", now=NOW) is Changes.REQUESTS
    entry = desk.store.last_entry()
    assert (entry.act, entry.by) == ("acknowledge", "Ben")
    history = desk.register.history(Kind.ADDRESS, request.key, NOW)
    assert [(a.template, a.address, a.by, a.at) for a in history.acknowledged] == [
        ("Thank you", "Jane.Doe@example.com", "Ben", NOW)
    ]
    assert desk.verify_ledger().holds


def test_drafting_alone_records_nothing(desk: Desk, asked: Asked) -> None:
    draft(desk, asked())
    assert desk.store.last_entry().act == "record opt-out"


@pytest.mark.parametrize(
    ("address", "channel", "sentence"),
    [
        ("*@example.com", Channel.REPLY, "about a whole domain"),
        ("jane@example.com", Channel.BOUNCE, "Nobody asked"),
    ],
)
def test_nobody_to_answer(desk: Desk, asked: Asked, address: str, channel: Channel, sentence: str) -> None:
    request = asked(address, channel=channel)
    assert not acknowledge.can_be_acknowledged(request)
    with pytest.raises(UserError, match=sentence):
        draft(desk, request)


def test_a_hash_and_an_undone_import_have_nobody_to_answer(desk: Desk, asked: Asked) -> None:
    request = asked()
    with pytest.raises(UserError, match="about a hash"):
        draft(desk, replace(request, kind=Kind.HASH))
    with pytest.raises(UserError, match="was undone"):
        draft(desk, replace(request, withdrawn_at=NOW))
    assert acknowledge.can_be_acknowledged(request)
