"""May I mail this person? The answer names the request that bars her."""

from datetime import UTC, datetime

import pytest

from optoutdesk.desk import Desk
from optoutdesk.domain.cleaning import Reason
from optoutdesk.domain.errors import NotAnAddressError
from optoutdesk.domain.requests import Kind

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """A desk where Jane left all mail, Bob the newsletter, and all of a rival."""
    service = desk.record_optout
    for address, scope in (
        ("jane@example.com", "all"),
        ("bob@example.com", "Newsletter"),
        ("*@rival.example", "all"),
    ):
        service.record(service.parse([address]), service.received(NOW, NOW), now=NOW, by="Ana", scope=scope)
    return desk


def reasons(desk: Desk, text: str, target: str | None = None) -> list[Reason | None]:
    answers = desk.check_address.check([text], target)
    assert all(answer.may_mail == (answer.reason is None) for answer in answers)
    return [answer.reason for answer in answers]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Jane <JANE@example.com>", [Reason.OPTED_OUT]),
        ("amy@example.com", [None]),
        ("bob@example.com", [Reason.OPTED_OUT]),
        ("ops@deep.rival.example", [Reason.DOMAIN]),
        ("*@rival.example", [Reason.DOMAIN]),
        ("@shop.rival.example", [Reason.DOMAIN]),
        ("*@example.com", [None]),
        ("amy@example.com, jane@example.com", [None, Reason.OPTED_OUT]),
    ],
)
def test_the_safe_question_is_whether_any_mail_is_barred(
    asked: Desk, text: str, found: list[Reason | None]
) -> None:
    assert reasons(asked, text) == found


def test_for_one_list_only_who_left_it_or_all_mail_is_barred(asked: Desk) -> None:
    assert reasons(asked, "bob@example.com", "Newsletter") == [Reason.OPTED_OUT]
    assert reasons(asked, "bob@example.com", "Catalogue") == [None]
    assert reasons(asked, "jane@example.com", "Catalogue") == [Reason.OPTED_OUT]


def test_the_answer_tells_what_was_asked_and_the_request_behind_it(asked: Desk) -> None:
    [answer] = asked.check_address.check(["Ops@Deep.Rival.example"])
    assert (answer.kind, answer.key, answer.given) == (
        Kind.ADDRESS,
        "ops@deep.rival.example",
        "Ops@Deep.Rival.example",
    )
    assert answer.request is not None
    assert answer.request.key == "rival.example"


@pytest.mark.parametrize("text", ["", "jane", "jane@example", "*@rival", "amy@example.com, jane@example"])
def test_what_is_no_address_must_not_be_mailed(asked: Desk, text: str) -> None:
    with pytest.raises(NotAnAddressError, match="must not be mailed"):
        asked.check_address.check(["amy@example.com", text])
