"""The FCC's list of wireless domains: read from her file or refused in one sentence, kept, recorded, and given up again."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clock import NOW
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import OutputError, UserError
from optoutdesk.domain.requests import OptOutRequest
from optoutdesk.services.change_settings import SettingsPlan
from optoutdesk.services.counting import WirelessDomains, load_wireless_domains
from optoutdesk.services.wireless_domains import MOST_BYTES, in_words, read_wireless_domains

Read = Callable[..., WirelessDomains]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def do(content: str | bytes, name: str = "fcc.txt") -> WirelessDomains:
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_wireless_domains(file, now=NOW)

    return do


# -- what is read


@pytest.mark.parametrize(
    ("content", "domains"),
    [
        ("vtext.com\ntxt.att.net\n", {"vtext.com", "txt.att.net"}),
        ("VTEXT.com.\r\n  txt.att.net\t\r\n", {"vtext.com", "txt.att.net"}),
        ("vtext.com\rtxt.att.net", {"vtext.com", "txt.att.net"}),
        ("# the FCC's list, of today\n\n// old\nvtext.com  # Verizon, mostly\n", {"vtext.com"}),
        ("@vtext.com\n*@mms.att.net\n*.tmomail.net\n.vzwpix.com\n", None),
        ("vtext.com\nvtext.com\n@VText.com\n", {"vtext.com"}),
        ("bücher.example\nxn--mnchen-3ya.example", {"xn--bcher-kva.example", "xn--mnchen-3ya.example"}),
        ("\ufeffvtext.com\n", {"vtext.com"}),
        ("vtext.com\ntxt.att.net\n".encode("utf-16"), {"vtext.com", "txt.att.net"}),
        ("bücher.example".encode("cp1252"), {"xn--bcher-kva.example"}),
        ("Domain\nvtext.com\n", {"vtext.com"}),
        ("Domain Name,Carrier\nvtext.com,Verizon\ntxt.att.net,AT&T\n", {"vtext.com", "txt.att.net"}),
        ("Carrier;Domain\nVerizon;vtext.com\n", {"vtext.com"}),
        ('"Verizon, Inc.",vtext.com\n"AT&T",txt.att.net\n', {"vtext.com", "txt.att.net"}),
        ("Website\tDomain\nwww.verizon.com\tvtext.com\n", {"vtext.com"}),
        ("Domain,Since\nvtext.com,2005\n,2006\n", {"vtext.com"}),
        ("vtext.com,\ntxt.att.net,\n", {"vtext.com", "txt.att.net"}),
    ],
)
def test_one_domain_a_line_or_in_a_column_is_read(
    read: Read, content: str | bytes, domains: set[str] | None
) -> None:
    found = read(content)
    assert found.domains == (domains or {"vtext.com", "mms.att.net", "tmomail.net", "vzwpix.com"})
    assert (found.file, found.loaded, found.official) == ("fcc.txt", NOW, True)
    assert found.policy == "fcc-wireless"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("vtext.com\n\n# x\nvtext\n", "Line 4 of fcc.txt is no domain: “vtext”. Correct that line"),
        ("vtext.com\n5551234567@vtext.com\n", "Line 2 of fcc.txt is no domain: “5551234567@vtext.com”"),
        ("vtext.com\nhttp://vtext.com\n", "Line 2 of fcc.txt is no domain: “http://vtext.com”"),
        ("vtext.com, txt.att.net\ntmomail.net, vzwpix.com\n", "Several columns of fcc.txt hold domains."),
        (
            "vtext.com\ntxt.att.net, tmomail.net\nvzwpix.com\n",
            "Line 2 of fcc.txt is no domain: “txt.att.net,",
        ),
        ("Domain,Carrier\nvtext.com,Verizon\nAT&T,txt.att.net\n", "Line 3 of fcc.txt is no domain: “AT&T”"),
        ("Carrier,Host\nVerizon,vtext.com\n", "Line 1 of fcc.txt is no domain: “Host”"),
        ("vtext.com\n" + "x" * 200 + "\n", "“" + "x" * 60 + "…”"),
        ("vtext.com\n\x1b[1mtxt.att.net\n", "fcc.txt is no text file."),
        ("vtext.com\n\u00e9\u2028x\n", "Line 2 of fcc.txt is no domain: “é·x”"),
        ("", "There is no domain in fcc.txt."),
        ("# nothing\n\n", "There is no domain in fcc.txt."),
        ("Domain\n", "There is no domain in fcc.txt."),
        ("a,b\nc,d\n", "There is no domain in fcc.txt."),
        ("Domain,Wireless domain\n1,2\n", "There is no domain in fcc.txt."),
        (b"PK\x03\x04\x14\x00vtext.com", "fcc.txt is no text file."),
        (b"\xff\xfev", "fcc.txt is no text file."),
        (b"vtext.com\n" + b"#" * MOST_BYTES, "fcc.txt is larger than 1 MB."),
    ],
)
def test_what_is_no_list_of_domains_is_one_clear_sentence(
    read: Read, content: str | bytes, sentence: str
) -> None:
    with pytest.raises(UserError) as refused:
        read(content)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_a_file_that_is_not_there_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=r"cannot be read\. Check its name and folder\."):
        read_wireless_domains(tmp_path / name, now=NOW)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.txt"
    file.write_bytes(content)
    try:
        assert read_wireless_domains(file, now=NOW).domains
    except UserError as error:
        assert str(error)  # noqa: PT017 - either of both is right


# -- what is kept


def test_a_list_is_kept_in_the_data_folder_and_counted_by(desk: Desk, read: Read) -> None:
    desk.wireless.use(read("text.example\n"))
    again = Desk(desk.paths.folder, now=lambda: NOW)
    assert again.counting.wireless == read("text.example\n")
    assert "sms.text.example" in again.counting.wireless
    assert "vtext.com" not in again.counting.wireless
    assert [path.name for path in desk.paths.folder.iterdir() if path.name.startswith(".")] == []
    again.wireless.use(load_wireless_domains())
    assert not desk.paths.wireless.exists()
    assert Desk(desk.paths.folder).counting.wireless == load_wireless_domains()
    again.wireless.use(load_wireless_domains())  # nothing is there by now
    again.close()


def test_where_it_cannot_be_kept_that_is_said(desk: Desk, read: Read) -> None:
    desk.paths.wireless.mkdir()
    with pytest.raises(OutputError):
        desk.wireless.use(load_wireless_domains())
    with pytest.raises(OutputError):
        desk.wireless.use(read("vtext.com"))


KEPT = {"file": "fcc.txt", "loaded": "2026-11-24T16:00:00+00:00", "domains": ["text.example"]}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        json.dumps(KEPT)[:-9],
        json.dumps(KEPT | {"domains": []}),
        json.dumps(KEPT | {"domains": ["VTEXT.com"]}),
        json.dumps(KEPT | {"domains": ["vtext"]}),
        json.dumps(KEPT | {"domains": [1]}),
        json.dumps(KEPT | {"domains": "vtext.com"}),
        json.dumps(KEPT | {"domains": {"vtext.com": 1}}),
        json.dumps(KEPT | {"loaded": "today"}),
        json.dumps(KEPT | {"loaded": "2026-11-24T16:00:00"}),
        json.dumps(KEPT | {"loaded": 7}),
        json.dumps(KEPT | {"file": ""}),
        json.dumps(KEPT | {"file": 7}),
        "\xff",
    ],
)
def test_a_damaged_kept_list_is_one_sentence_and_no_shorter_list(desk: Desk, content: str) -> None:
    desk.paths.wireless.write_bytes(content.encode("latin-1"))
    with pytest.raises(UserError) as refused:
        _ = desk.counting
    assert str(refused.value) == (
        f"The wireless domains in {desk.paths.wireless} cannot be read. Put that file back from a copy, or delete it to "
        "count by the list of the program until you load yours again."
    )
    assert refused.value.details
    assert desk.check_address  # whom she may mail is no matter of dates
    desk.paths.wireless.unlink()
    assert desk.counting.wireless == load_wireless_domains()


def test_a_whole_kept_list_is_read(desk: Desk) -> None:
    desk.paths.wireless.write_text(json.dumps(KEPT), "utf-8")
    assert desk.counting.wireless.domains == {"text.example"}


# -- it decides due dates


def record(desk: Desk, address: str) -> OptOutRequest:
    service = desk.record_optout
    received = service.received(date(2026, 11, 20), NOW)  # over Thanksgiving, a week later by CAN-SPAM
    return service.record(service.find(address).entries, received, now=NOW, by="Ana")[0][0].request


@pytest.fixture
def busy(desk: Desk) -> Desk:
    for address in ("5551234567@vtext.com", "5551234567@text.example", "jane@shop.example"):
        record(desk, address)
    return desk


def told(desk: Desk) -> list[tuple[str, str, str, int, str]]:
    changes = reversed(desk.store.setting_changes())
    return [(c.name, c.before, c.after, c.would_change, c.by) for c in changes]


SHIPPED = "the list of the program"


def test_another_list_is_counted_and_recorded_and_moves_no_request(busy: Desk, read: Read) -> None:
    before = busy.store.open_requests()
    domains = read("text.example\nvzwpix.com\n")
    service = busy.settings_changes
    assert service.plan(busy.settings, domains) == SettingsPlan(2, 1, 1, 3)
    assert service.decides(busy.settings, domains) == ["wireless_domains"]
    service.apply(busy.settings, domains, by="Ben", now=NOW)
    assert told(busy) == [("wireless_domains", SHIPPED, in_words(domains), 2, "Ben")]
    assert in_words(domains).startswith("2 domains from fcc.txt, SHA-256 ")
    assert busy.store.open_requests() == before
    assert record(busy, "5559999999@vtext.com").due == date(2026, 12, 7)
    assert record(busy, "5559999999@text.example").due == date(2026, 11, 30)
    assert busy.verify_ledger().holds
    service.apply(busy.settings, load_wireless_domains(), by="Ben", now=NOW)
    assert told(busy)[-1] == ("wireless_domains", in_words(domains), SHIPPED, 2, "Ben")
    assert record(busy, "5558888888@vtext.com").due == date(2026, 11, 30)


def test_it_can_be_changed_together_with_the_policy(busy: Desk, read: Read) -> None:
    new, domains = replace(busy.settings, policy="casl"), read("text.example\n")
    busy.settings_changes.apply(new, domains, by="Ana", now=NOW)
    assert [(name, count) for name, _, _, count, _ in told(busy)] == [("policy", 3), ("wireless_domains", 3)]
    assert busy.counting.policy.id == "casl"
    assert busy.counting.wireless == domains


def test_loading_the_same_list_again_is_no_change_on_record(busy: Desk, read: Read) -> None:
    busy.settings_changes.apply(busy.settings, read("text.example\n"), by="Ana", now=NOW)
    later = replace(read("# sorted\ntext.example\n"), loaded=NOW + timedelta(days=1))
    busy.settings_changes.apply(busy.settings, later, by="Ana", now=NOW)
    assert len(told(busy)) == 1
    assert busy.counting.wireless.loaded == datetime(2026, 11, 25, NOW.hour, NOW.minute, tzinfo=UTC)


def test_a_kept_list_changed_or_deleted_by_hand_is_recorded_at_the_next_start(busy: Desk, read: Read) -> None:
    domains = read("text.example\n")
    busy.settings_changes.apply(busy.settings, domains, by="Ana", now=NOW)
    busy.paths.wireless.unlink()
    again = Desk(busy.paths.folder, now=lambda: NOW)
    for _ in range(2):
        again.settings_changes.catch_up(now=NOW)
    assert told(again)[1:] == [("wireless_domains", in_words(domains), SHIPPED, 0, "")]
    again.close()


def test_where_the_settings_cannot_be_written_the_list_is_as_before_and_the_ledger_says_so(
    busy: Desk, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("optoutdesk.desk.save_settings", full)
    domains = read("text.example\n")
    with pytest.raises(OSError, match="No space left"):
        busy.settings_changes.apply(busy.settings, domains, by="Ana", now=NOW)
    assert busy.wireless.in_use() == busy.counting.wireless == load_wireless_domains()
    assert [after for _, _, after, _, _ in told(busy)] == [in_words(domains), SHIPPED]


def test_where_the_list_cannot_be_kept_nothing_changes(
    busy: Desk, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_named: object) -> None:
        raise OutputError("There is no room.")

    monkeypatch.setattr("optoutdesk.services.wireless_domains.PendingFile", full)
    with pytest.raises(OutputError):
        busy.settings_changes.apply(
            replace(busy.settings, policy="casl"), read("text.example\n"), by="Ana", now=NOW
        )
    assert busy.settings.policy == "can-spam"
    assert busy.wireless.in_use() == load_wireless_domains()
    assert told(busy)[-2:] == [
        ("policy", "casl", "can-spam", 0, ""),
        ("wireless_domains", in_words(read("text.example\n")), SHIPPED, 0, ""),
    ]
