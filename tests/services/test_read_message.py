"""What a dropped file proposes: of e-mails who asked, when and what about; hostile ones neither mislead nor stop the program."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from message_files import ASKED, compound, eml, msg
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import Channel
from optoutdesk.services import read_message
from optoutdesk.services.read_message import FileRead

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
ZONE = "America/New_York"
OWN = frozenset({"news@ourshop.example"})
MARIA = "maria.ortiz@lakeside.example"


def read(data: bytes, name: str = "message.eml", own: frozenset[str] = OWN) -> FileRead:
    return read_message.read_message(name, data, zone=ZONE, now=NOW, own=own)


def test_an_e_mail_proposes_its_sender_its_date_and_its_subject() -> None:
    found = read(ASKED)
    assert found.media == "message/rfc822"
    assert (found.sender, found.subject, found.message_id) == (
        MARIA,
        "please stop",
        "<20261123.17@lakeside.example>",
    )
    assert found.sent_at == datetime(2026, 11, 23, 14, 12, tzinfo=UTC)
    assert found.proposal == read_message.Proposal(
        addresses=(MARIA,),
        received=datetime(2026, 11, 23, 14, 12, tzinfo=UTC),
        channel=Channel.REPLY,
        note="please stop (Message-ID <20261123.17@lakeside.example>)",
    )
    assert found.not_read == read_message.HEADERS_ONLY
    assert not found.remarks


@pytest.mark.parametrize(
    ("header", "addresses"),
    [
        ("maria@a.example", ["maria@a.example"]),
        ("maria@a.example (Maria, also ben@b.example)", ["maria@a.example"]),
        ('"ben@b.example" <maria@a.example>', ["maria@a.example"]),
        ('"Ortiz, Maria" <maria@a.example>, ben@b.example', ["maria@a.example"]),
        ("Maria <maria@a.example>, Ben <ben@b.example>", ["maria@a.example", "ben@b.example"]),
        ("=?utf-8?q?J=C3=B6rg?= <joerg@m\u00fcller.example>", ["joerg@m\u00fcller.example"]),
        ("=?utf-8?b?TWFyaWEgPG1hcmlhQGEuZXhhbXBsZT4=?=", ["maria@a.example"]),
        ("Maria\r\n  <maria@a.example>", ["maria@a.example"]),
        ("undisclosed-recipients:;", []),
        ("news@ourshop.example", []),
        ("", []),
    ],
)
def test_whose_e_mail_it_is(header: str, addresses: list[str]) -> None:
    assert list(read(eml(From=header)).proposal.addresses) == addresses


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"=?utf-8?q?Bitte_l=C3=B6schen?=", "Bitte löschen"),
        (b"=?utf-8?b?QWJt?=\r\n =?utf-8?b?ZWxkZW4=?=", "Abmelden"),
        (b"folded\r\n over\r\n\tthree", "folded over three"),
        (b"Bitte l\xf6schen", "Bitte löschen"),
        ("Bitte löschen".encode(), "Bitte löschen"),
        (b"=?utf-8?b?not base64!?=", "=?utf-8?b?not base64!?="),
        (b"=?no-such-set?q?stop?=", "=?no-such-set?q?stop?="),
        ("stop\u202egnp.exe\x07".encode(), "stopgnp.exe"),
        (b"x" * 900, "x" * 300 + "…"),
    ],
)
def test_the_subject_as_it_can_be_shown(raw: bytes, subject: str) -> None:
    assert read(b"From: a@a.example\r\nSubject: " + raw + b"\r\n\r\n").subject == subject


@pytest.mark.parametrize(
    ("written", "received"),
    [
        ("Mon, 23 Nov 2026 09:12:00 +0900", datetime(2026, 11, 23, 0, 12, tzinfo=UTC)),
        ("23 Nov 2026 09:12 EST", datetime(2026, 11, 23, 14, 12, tzinfo=UTC)),
        # Without a zone: the earlier of the readings, which starts the clock earlier.
        ("Mon, 23 Nov 2026 09:12:00", datetime(2026, 11, 23, 9, 12, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 09:12:00 -0000", datetime(2026, 11, 23, 9, 12, tzinfo=UTC)),
        ("last Monday", None),
        ("Mon, 23 Nov 99999 09:12:00 +0000", None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),
        ("Thu, 01 Jan 1970 00:00:00 +0000", None),
        ("", None),
    ],
)
def test_when_it_was_sent(written: str, received: datetime | None) -> None:
    assert read(eml(From="a@a.example", Date=written)).proposal.received == received


def test_a_zone_east_of_greenwich_gives_the_earlier_reading_too() -> None:
    data = eml(From="a@a.example", Date="Mon, 23 Nov 2026 09:12:00")
    found = read_message.read_message("a.eml", data, zone="Australia/Sydney", now=NOW)
    assert found.proposal.received == datetime(2026, 11, 22, 22, 12, tzinfo=UTC)


def test_without_a_date_it_is_when_the_mailbox_took_it_in() -> None:
    received = "from mx.a.example by mail.ourshop.example; Sun, 22 Nov 2026 20:00:00 +0000"
    earlier = "from pc by mx.a.example; Sun, 22 Nov 2026 19:00:00 +0000"
    data = f"Received: {received}\r\nReceived: {earlier}\r\nFrom: a@a.example\r\n\r\n".encode()
    assert read(data).proposal.received == datetime(2026, 11, 22, 20, tzinfo=UTC)


def test_a_date_that_lies_ahead_is_not_proposed_and_it_says_so() -> None:
    found = read(eml(From="a@a.example", Date="Thu, 24 Dec 2026 09:12:00 +0000"))
    assert found.proposal.received is None
    assert found.remarks == (read_message.AHEAD,)


def test_a_clock_that_is_a_little_fast_is_forgiven() -> None:
    soon = (NOW + timedelta(minutes=4)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    assert read(eml(From="a@a.example", Date=soon)).proposal.received is not None


def test_what_is_missing_is_not_made_up() -> None:
    found = read(b"just a text without headers\r\nand a second line")
    assert found.proposal == read_message.Proposal(channel=Channel.REPLY)
    assert found.not_read == read_message.NO_HEADERS


def test_the_unsubscribe_button_of_a_mail_program() -> None:
    found = read(
        eml(
            body="",
            From="alias@home.example",
            To="unsubscribe+jane=a.example@ourshop.example",
            Subject="unsubscribe me@b.example",
            Auto_Submitted="auto-generated",
        )
    )
    assert found.proposal.channel is Channel.LIST_UNSUBSCRIBE
    assert found.proposal.addresses == ("jane@a.example", "me@b.example", "alias@home.example")
    assert not found.remarks


def test_an_answer_that_says_unsubscribe_is_a_reply() -> None:
    found = read(eml(From="a@a.example", Subject="unsubscribe", In_Reply_To="<1@ourshop.example>"))
    assert found.proposal.channel is Channel.REPLY


@pytest.mark.parametrize(
    "headers",
    [{"Auto_Submitted": "auto-replied"}, {"Precedence": "auto_reply"}, {"X_Autoreply": "yes"}],
)
def test_an_automatic_reply_is_no_opt_out(headers: dict[str, str]) -> None:
    found = read(eml(From="a@a.example", Subject="Out of office", **headers))
    assert found.proposal.addresses == ()
    assert found.proposal.channel is None
    assert found.remarks == (read_message.AUTOMATIC,)


def test_a_person_s_mail_that_says_so_is_not_automatic() -> None:
    assert read(eml(From="a@a.example", Auto_Submitted="no")).proposal.addresses == ("a@a.example",)


# -- what an e-mail carries


def multipart(kind: str, *parts: str, **headers: str) -> bytes:
    """An e-mail of several parts, each with its headers."""
    body = "".join(f"--xx\r\n{part}\r\n" for part in parts) + "--xx--\r\n"
    return eml(body, **{"Content_Type": f'multipart/{kind}; boundary="xx"'} | headers)


TEXT = "Content-Type: text/plain\r\n\r\nHello"


def complaint(fields: str, original: str = "To: redacted@isp.example\r\nSubject: News") -> bytes:
    return multipart(
        "report; report-type=feedback-report",
        TEXT,
        f"Content-Type: message/feedback-report\r\n\r\n{fields}",
        f"Content-Type: message/rfc822\r\n\r\n{original}\r\n\r\nNews",
        From="fbl@isp.example",
        Date="Mon, 23 Nov 2026 09:12:00 -0500",
        Subject="FW: News",
    )


def test_a_feedback_report_is_the_complaint_of_whoever_got_the_mail() -> None:
    found = read(
        complaint(
            "Feedback-Type: abuse\r\nOriginal-Rcpt-To: <jane@a.example>\r\nOriginal-Rcpt-To: ben@b.example"
        )
    )
    assert found.proposal.channel is Channel.COMPLAINT
    assert found.proposal.addresses == ("jane@a.example", "ben@b.example")


def test_a_complaint_whose_address_was_taken_out_is_known_by_the_message_it_carries() -> None:
    original = (
        "From: news@ourshop.example\r\nTo: undisclosed\r\n"
        "List-Unsubscribe: <https://ourshop.example/u?e=jane%40a.example>, <mailto:u+ben=b.example@ourshop.example>"
    )
    found = read(complaint("Feedback-Type: abuse\r\nOriginal-Rcpt-To: redacted", original))
    assert found.proposal.addresses == ("jane@a.example", "ben@b.example")
    assert not found.remarks


def test_a_complaint_that_names_nobody_says_so() -> None:
    found = read(complaint("Feedback-Type: abuse", "Subject: News"))
    assert found.proposal.addresses == ()
    assert found.proposal.channel is Channel.COMPLAINT
    assert found.remarks == (read_message.REDACTED,)


def test_a_report_that_it_was_no_spam_is_no_complaint() -> None:
    found = read(complaint("Feedback-Type: not-spam\r\nOriginal-Rcpt-To: jane@a.example"))
    assert found.proposal.addresses == ()
    assert found.remarks == (read_message.NO_COMPLAINT,)


def bounce(block: str) -> bytes:
    return multipart(
        "report; report-type=delivery-status",
        TEXT,
        f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.a.example\r\n\r\n{block}",
        From="MAILER-DAEMON@mx.a.example",
        Auto_Submitted="auto-replied",
    )


def test_a_bounce_is_a_bounce_and_no_request() -> None:
    found = read(bounce("Final-Recipient: rfc822; jane@a.example\r\nAction: failed\r\nStatus: 5.1.1"))
    assert found.proposal.channel is Channel.BOUNCE
    assert found.proposal.addresses == ("jane@a.example",)
    assert found.remarks == (read_message.BOUNCED,)


@pytest.mark.parametrize("how", ["Action: delayed\r\nStatus: 4.4.1", "Action: failed\r\nStatus: 4.2.2"])
def test_a_mailbox_that_is_full_for_now_is_nobody_s_bounce(how: str) -> None:
    found = read(bounce(f"Final-Recipient: rfc822; jane@a.example\r\n{how}"))
    assert found.proposal.addresses == ()
    assert found.remarks == (read_message.AUTOMATIC,)


def test_a_request_that_a_colleague_forwards_as_an_attachment() -> None:
    inner = ASKED.decode()
    found = read(
        multipart(
            "mixed",
            TEXT,
            f"Content-Type: message/rfc822\r\n\r\n{inner}",
            From="Ben <ben@ourshop.example>",
            Date="Tue, 24 Nov 2026 09:00:00 -0500",
        )
    )
    assert found.proposal.addresses == ("ben@ourshop.example", MARIA)
    assert found.remarks == (read_message.CARRIES,)
    assert found.proposal.received == datetime(2026, 11, 23, 14, 12, tzinfo=UTC)  # it arrived here yesterday


def test_a_newsletter_that_comes_back_names_whom_it_went_to() -> None:
    inner = (
        "From: news@ourshop.example\r\nTo: jane@a.example\r\nDate: Sun, 1 Nov 2026 09:00:00 +0000\r\n\r\nNews"
    )
    found = read(
        multipart(
            "mixed",
            TEXT,
            f"Content-Type: message/rfc822\r\n\r\n{inner}",
            From="jane@home.example",
            Date="Mon, 23 Nov 2026 09:12:00 -0500",
        )
    )
    assert found.proposal.addresses == ("jane@home.example", "jane@a.example")
    assert found.proposal.received == datetime(
        2026, 11, 23, 14, 12, tzinfo=UTC
    )  # not when the newsletter went out


# -- Outlook's .msg

SUBJECT, MESSAGE_ID, SMTP, EMAIL, HEADERS, CLASS = 0x0037, 0x1035, 0x5D01, 0x0C1F, 0x007D, 0x001A
SUBMITTED, DELIVERED = 0x0039, 0x0E06
SENT = datetime(2026, 11, 23, 14, 12, tzinfo=UTC)


def test_a_message_of_outlook_proposes_the_same() -> None:
    found = read(
        msg({SUBJECT: "please stop", MESSAGE_ID: "<1@a.example>", SMTP: MARIA}, {SUBMITTED: SENT}),
        "Maria.MSG",
    )
    assert found.media == "application/vnd.ms-outlook"
    assert found.proposal == read_message.Proposal(
        (MARIA,), SENT, Channel.REPLY, "please stop (Message-ID <1@a.example>)"
    )
    assert (found.sender, found.subject, found.message_id, found.sent_at) == (
        MARIA,
        "please stop",
        "<1@a.example>",
        SENT,
    )
    assert "were not read" in found.not_read


def test_what_lies_in_its_attachments_and_recipients_is_not_taken_for_it() -> None:
    inner = {
        "__attach_version1.0_#00000000": {
            "__substg1.0_3701000D": {
                f"__substg1.0_{SUBJECT:04X}001F": "another subject".encode("utf-16-le"),
                f"__substg1.0_{SMTP:04X}001F": "another@b.example".encode("utf-16-le"),
                "__properties_version1.0": bytes(24),
            }
        }
    }
    found = read(msg({SMTP: MARIA}, {SUBMITTED: SENT}, inner=inner), "a.msg")
    assert (found.sender, found.subject, found.sent_at) == (MARIA, "", SENT)


def test_an_exchange_name_is_no_address_and_the_kept_headers_help() -> None:
    exchange = "/O=EXCHANGELABS/OU=EXCHANGE/CN=RECIPIENTS/CN=MARIA"
    headers = f"From: Maria <{MARIA}>\r\nDate: Mon, 23 Nov 2026 09:12:00 -0500\r\nMessage-ID: <2@x>\r\n\r\n"
    found = read(msg({EMAIL: exchange, HEADERS: headers, SUBJECT: "stop"}), "a.msg")
    assert (found.sender, found.subject, found.message_id, found.sent_at) == (MARIA, "stop", "<2@x>", SENT)


def test_texts_in_eight_bits_are_read_in_the_message_s_code_page() -> None:
    found = read(
        msg({SUBJECT: "Прекратите", SMTP: MARIA}, encoding="cp1251", numbers={0x3FFD: 1251}), "a.msg"
    )
    assert found.subject == "Прекратите"
    found = read(msg({SUBJECT: "löschen", SMTP: MARIA}, encoding="cp1252", numbers={0x3FFD: 99999}), "a.msg")
    assert found.subject == "löschen"


def test_without_a_time_of_submission_it_is_the_delivery() -> None:
    found = read(msg({SMTP: MARIA}, {DELIVERED: SENT}), "a.msg")
    assert found.proposal.received == SENT


def test_an_absence_note_of_outlook_is_no_opt_out() -> None:
    note = msg({SMTP: MARIA, CLASS: "IPM.Note.Rules.OofTemplate.Microsoft"})
    assert read(note, "a.msg").remarks == (read_message.AUTOMATIC,)


def test_a_workbook_that_is_called_msg_says_nothing() -> None:
    found = read(compound({"Workbook": bytes(5000)}), "a.msg")
    assert found.not_read == read_message.NO_HEADERS
    assert found.proposal == read_message.Proposal()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_message_never_stops_the_program(data: st.DataObject) -> None:
    whole = bytearray(msg({SUBJECT: "please stop", SMTP: MARIA, HEADERS: "x" * 5000}, {SUBMITTED: SENT}))
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(8, len(whole) - 5))
        whole[at : at + 4] = data.draw(
            st.sampled_from([b"\xff" * 4, bytes(4), b"\1\0\0\0", b"\xfe\xff\xff\xff"])
        )
    cut = data.draw(st.integers(600, len(whole)))
    assert read(bytes(whole[:cut]), "a.msg").media == "application/vnd.ms-outlook"


# -- other files, and files that are not what they seem


@pytest.mark.parametrize(
    ("name", "data", "media"),
    [
        ("letter.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("scan.PDF", b"\xef\xbb\xbf\n%PDF-1.4\n", "application/pdf"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("a.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.gif", b"GIF89a", "image/gif"),
        ("a.webp", b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
        ("a.tiff", b"II*\0", "image/tiff"),
        ("a.txt", b"said on the phone", "text/plain"),
        ("a.txt", "said".encode("utf-16"), "text/plain"),
        ("photo.png", b"\xff\xd8\xff\xe0", "image/jpeg"),  # a picture under another picture's name
    ],
)
def test_of_other_files_nothing_but_their_type_is_read(name: str, data: bytes, media: str) -> None:
    found = read(data, name)
    assert found == FileRead(media, read_message.NOTHING_READ)


@pytest.mark.parametrize(
    "name", ["setup.exe", "letter.pdf.exe", "run.bat", "a.docm", "a.lnk", "a.html", "a", ".eml"]
)
def test_files_that_could_run_or_are_no_evidence_are_refused(name: str) -> None:
    with pytest.raises(UserError, match="cannot be kept as evidence"):
        read(b"%PDF-1.7", name)


@pytest.mark.parametrize("name", ["letter.pdf", "photo.jpg", "mail.eml", "note.txt", "mail.msg"])
@pytest.mark.parametrize("data", [b"MZ\x90\0\3\0\0\0", b"\x7fELF\2\1\1\0", b"PK\3\4\x14\0\0\0"])
def test_a_program_under_another_name_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(UserError, match="is not what its name says"):
        read(data, name)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(UserError, match="is empty"):
        read(b"")


def test_an_e_mail_that_speaks_of_a_pdf_is_an_e_mail() -> None:
    assert read(eml("see %PDF-1.7", From="a@a.example")).media == "message/rfc822"


HOSTILE = {
    "headers without end": b"From: " + b"a@b.example, " * 200_000,
    "one long word": b"From: " + b"a" * 5_000_000 + b"@b.example",
    "parentheses": b"From: " + b"(" * 100_000 + b"\r\n\r\n",
    "quotation marks": (b'From: "' + b'\\"' * 450 + b"\r\n ") * 2_000,
    "brackets": (b"From: " + b"<@" * 450 + b"\r\n") * 2_000,
    "encoded words": b"Subject: " + b"=?a?q?" * 5_000 + b"\r\n\r\n",
    "a type without end": b"Content-Type: multipart/mixed; " + b'";' * 50_000 + b"\r\n\r\n",
    "parts in parts": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(5_000)
    ),
    "messages in messages": b"Content-Type: message/rfc822\r\n\r\n" * 5_000,
    "empty lines": b"From: a@b.example\r\n\r\n" + b"\n" * 5_000_000,
    "a character set that is no name": "Subject: =?utf–8?q?Stop?=\r\n\r\n".encode(),
    "half a header": b"From",
    "a byte order mark": b"\xef\xbb\xbfFrom: a@b.example\r\n\r\n",
    "a broken type": b'Content-Type: multipart/mixed; boundary*0*="\xff\r\n\r\n--\r\n',
    "a broken encoding": b"Content-Transfer-Encoding: \xff\xfe;\r\nContent-Type: text/rfc822-headers; charset=\xff\r\n\r\n\xff",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_e_mail_neither_stops_nor_stalls_the_program(what: str) -> None:
    found = read(HOSTILE[what])
    assert all(address.endswith("@b.example") for address in found.proposal.addresses)
    assert len(found.subject) <= 301


def test_of_an_address_that_was_cut_off_nothing_is_proposed() -> None:
    long = b"From: " + b"x" * 960 + b" <" + b"y" * 60 + b"@b.example.org>\r\n\r\n"
    assert read(long).proposal.addresses == ()


_LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(
                    b"From: a@b.example",
                    b"Date: x",
                    b"Content-Type: multipart/report; boundary=b",
                    b"--b",
                    b"--b--",
                ),
                *(
                    b"Content-Type: message/delivery-status",
                    b"Content-Type: message/rfc822",
                    b"",
                    b" ",
                    b"\tx",
                ),
                *(b"Content-Type: text/rfc822-headers; charset=x", b"Content-Type: message/feedback-report"),
                *(
                    b"Subject: =?utf-8?b?=?=",
                    b"Final-Recipient: ;",
                    b"Action: failed",
                    b"List-Unsubscribe: <<>",
                ),
            ]
        ),
        st.binary(max_size=40),
    ),
    max_size=40,
)


@settings(max_examples=400, deadline=None)
@given(_LINES)
def test_no_e_mail_whatsoever_stops_the_program(lines: list[bytes]) -> None:
    data = b"X: y\r\n" + b"\r\n".join(lines).replace(b"\0", b"")
    found = read(data)
    for text in (found.sender, found.subject, found.message_id, found.proposal.note):
        assert text.isprintable()
        text.encode("utf-8")
