"""A file from a mail platform is known by its header, read by its names, and brings in only who opted out."""

import json
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from optoutdesk.domain.requests import ALL_MAIL, Channel
from optoutdesk.resources import resource
from optoutdesk.spreadsheets.columns import find_layout
from optoutdesk.spreadsheets.open import open_table
from optoutdesk.spreadsheets.profiles import (
    GENERIC,
    Confidence,
    Covers,
    Field,
    Pattern,
    People,
    Standing,
    Verdict,
    Verified,
    Zone,
    domain_of_pattern,
    guess_mapping,
    judge,
    load_platforms,
    load_profiles,
    mapping_for,
    recognise,
    rows_of_interest,
    stated_opted_out,
)

FILES = Path(__file__).with_name("esp")

SOURCES = {
    "unsubscribed_email_audience_export_4a1b2c.csv": "mailchimp-unsubscribed",
    "cleaned_email_audience_export_4a1b2c.csv": "mailchimp-cleaned",
    "subscribed_email_audience_export_4a1b2c.csv": "mailchimp-subscribed",
    "rejects.csv": "mandrill-rejects",
    "suppression_unsubscribes.csv": "sendgrid-unsubscribes",
    "asm_groups_1234_suppressions.csv": "sendgrid-group-unsubscribes",
    "suppression_spam_reports.csv": "sendgrid-spam-reports",
    "suppression_bounces.csv": "sendgrid-bounces",
    "suppression_invalid_emails.csv": "sendgrid-invalid",
    "constant-contact.csv": "constant-contact",
    "klaviyo.csv": "klaviyo",
    "hubspot.csv": "hubspot",
    "mailgun.csv": "mailgun-unsubscribes",
    "ses-suppression.csv": "amazon-ses-bulk",
    "ses-list.csv": "amazon-ses-list",
    "aweber.csv": "aweber",
    "listmonk.csv": "listmonk",
    "google.csv": "google-contacts",
    "google-old.csv": "google-contacts",
    "outlook.csv": "outlook-contacts",
    "brevo.csv": "brevo",
    "mailerlite.csv": "mailerlite",
    "campaign-monitor-suppression.csv": "campaign-monitor-suppressed",
    "campaign-monitor-list.csv": "campaign-monitor-unsubscribed",
    "postmark.csv": "postmark",
    "mailup.csv": "mailup",
    "promio.csv": "promio",
    "cordial.csv": "cordial",
    "customers-removed.csv": "removed-rows",
}


def read(name: str) -> tuple[list[str] | None, list[list[str]]]:
    """The header of a test file and the rows below it, as an import reads them."""
    table = open_table(FILES / name)
    blocks = list(table.blocks())
    numbers = [number for block in blocks for number in block.numbers]
    rows = [[table.decode(cell) for cell in row] for block in blocks for row in block.rows]
    layout = find_layout(name, numbers, rows)
    if layout.header_row is None:
        return None, rows
    at = numbers.index(layout.header_row)
    return rows[at], rows[at + 1 :]


def source(*header: str, rows: tuple[tuple[str, ...], ...] = (), name: str = "list.csv") -> str | None:
    """The id of the profile a header is recognised as."""
    found = recognise(name, header, rows)
    return found.profile.id if found.profile else None


def verdicts(name: str) -> list[Verdict]:
    header, rows = read(name)
    profile = recognise(name, header, rows).profile
    assert profile is not None
    mapping = mapping_for(profile, header, rows)
    return [rows_of_interest(profile, row, mapping) for row in rows]


def said(name: str) -> list[tuple[Standing, tuple[str, ...], Channel | None]]:
    return [(verdict.standing, verdict.scopes, verdict.channel) for verdict in verdicts(name)]


def fields(name: str) -> dict[Field, list[str]]:
    """The names of the columns each field was mapped to."""
    header, rows = read(name)
    profile = recognise(name, header, rows).profile
    assert profile is not None
    mapping = mapping_for(profile, header, rows)
    return {of: [mapping.name(index) for index in indexes] for of, indexes in mapping.columns.items()}


OUT = (Standing.OPTED_OUT, (ALL_MAIL,), Channel.PLATFORM_EXPORT)
COMPLAINED = (Standing.OPTED_OUT, (ALL_MAIL,), Channel.COMPLAINT)
BOUNCED = (Standing.BOUNCE, (ALL_MAIL,), Channel.BOUNCE)
LEFT_OUT = (Standing.ACTIVE, (), None)
REVIEW = (Standing.UNKNOWN, (), None)


# --- recognised -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SOURCES)
def test_a_file_of_each_platform_is_recognised(name):
    header, rows = read(name)
    found = recognise(name, header, rows)
    assert found.profile is not None
    assert found.profile.id == SOURCES[name]
    assert not found.ambiguous


def test_every_profile_that_can_be_recognised_has_a_file():
    assert set(SOURCES.values()) == {p.id for p in load_profiles().values() if p.signature}


@pytest.mark.parametrize("name", [name for name in SOURCES if name != "ses-suppression.csv"])
@pytest.mark.parametrize(
    "dress",
    [
        lambda names: names[::-1],
        lambda names: [f"  {each.upper()} " for each in names],
        lambda names: ["\ufeff" + names[0], *names[1:]],
        lambda names: [f'\ufeff"{names[0].lower()}"', *names[1:]],
        lambda names: ["\xef\xbb\xbf" + names[0], *names[1:], "", " "],
        lambda names: [*names, *names],
    ],
    ids=[
        "reversed",
        "upper case and blanks",
        "mark",
        "mark and quotes",
        "misread mark and empty names",
        "twice",
    ],
)
def test_order_case_blanks_marks_and_repeated_names_do_not_matter(name, dress):
    header, _ = read(name)
    assert header is not None
    assert source(*dress(header), name=name) == SOURCES[name]


@pytest.mark.parametrize("name", [name for name in SOURCES if not name.startswith("asm_groups")])
def test_the_name_of_the_file_is_not_needed(name):
    header, rows = read(name)
    found = recognise("export (1).csv", header, rows).profile
    assert found is not None
    assert found.id == SOURCES[name]


@pytest.mark.parametrize("name", [name for name in SOURCES if name != "ses-suppression.csv"])
def test_the_columns_are_found_wherever_they_stand(name):
    header, rows = read(name)
    assert header is not None
    profile = load_profiles()[SOURCES[name]]
    there = mapping_for(profile, header, rows)
    back = mapping_for(profile, header[::-1], [row[::-1] for row in rows])
    for of, indexes in there.columns.items():
        assert {header[i] for i in indexes} == {header[::-1][i] for i in back.columns[of]}
    for row in rows:
        full = row + [""] * (len(header) - len(row))
        turned = rows_of_interest(profile, full[::-1], back)
        given = rows_of_interest(profile, row, there)
        assert set(turned.scopes) == set(given.scopes)
        assert replace(turned, scopes=()) == replace(given, scopes=())


@pytest.mark.parametrize(
    "header",
    [
        ("Email Address",),
        ("Email Address", "First Name", "Last Name", "OPTIN_TIME", "TAGS"),
        ("Email Address", "Unsubscribed at"),
        ("Email", "First Name", "Last Name", "Phone"),
        ("Email",),
        ("email", "created", "name"),
        ("email", "created at"),
        ("email",),
        ("ip", "email", "created", "name"),
        ("status", "reason", "email", "created", "id"),
        ("reason", "email", "created", "id"),
        ("email", "reason", "created", "note"),
        ("email", "reason", "detail"),
        ("Email address", "Email status"),
        ("Email Address", "Marketing Consent"),
        ("Email", "Portal Unsubscribe"),
        ("Email", "Portal Bounce", "Portal Spam Report"),
        ("address", "tags"),
        ("address", "city", "created_at"),
        ("Email", "Stop Date"),
        ("uuid", "email", "name", "status", "created_at", "updated_at"),
        ("E-mail 1 - Type",),
        ("E-mail Address", "First Name"),
        ("E-mail Display Name", "First Name"),
        ("EmailAddress", "Reason"),
        ("email", "status"),
        ("Contact Email", "First Name"),
        ("EMAIL", "ADDED_TIME"),
        ("mail", "id", "ts"),
        ("", " "),
        (),
    ],
)
def test_a_near_miss_is_not_recognised(header):
    found = recognise("list.csv", header, [])
    assert (found.profile, found.candidates) == (None, ())


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[], [""]],
        [["a@a.example"]],
        [["a@a.example", "BOUNCE", "2026-03-02"]],
        [["a@a.example", "Bouncer"]],
        [["a@a.example", "BOUNCE"], ["b@b.example", "customer"]],
        [["BOUNCE", "a@a.example"]],
    ],
)
def test_a_list_without_a_header_is_only_recognised_by_all_of_its_rows(rows):
    assert recognise("list.csv", None, rows).candidates == ()


def test_a_first_person_taken_for_a_header_is_still_a_person():
    found = recognise("x.csv", ["a@a.example", "bounce"], [["b@b.example", "COMPLAINT", ""], []]).profile
    assert found is not None
    assert found.id == "amazon-ses-bulk"
    assert mapping_for(found, ["a@a.example", "bounce"]).columns == {Field.ADDRESS: (0,), Field.STATUS: (1,)}


@pytest.mark.parametrize(
    "cell", ["a@" + "." * 2_000_000 + "@", "unsub " * 500_000, "opt out at" * 500_000, "@" * 2_000_000]
)
def test_a_header_of_monstrous_cells_is_read_at_once(cell):
    header = ["Email", cell, "Portal Unsubscribe", *[f"Column {n}" for n in range(500)]]
    start = time.perf_counter()
    assert recognise("list.csv", header, [header]).candidates == ()
    guess_mapping(header, [[cell] * 5])
    mapping_for(load_profiles()["hubspot"], header, [[cell] * 5])
    assert time.perf_counter() - start < 10


# --- ambiguous ------------------------------------------------------------------------------------------------------


def test_a_header_of_two_platforms_is_ambiguous_and_both_are_named():
    found = recognise("all.csv", ["Email", "Klaviyo ID", "Stop Time"], [])
    assert found.profile is None
    assert found.ambiguous
    assert {p.id for p in found.candidates} == {"klaviyo", "aweber"}


def test_the_name_of_the_file_decides_between_headers_that_are_alike():
    header = ["Email Address", "UNSUB_TIME", "CLEAN_TIME"]
    assert recognise("both.csv", header, []).ambiguous
    assert source(*header, name="cleaned_email_audience_export_1.csv") == "mailchimp-cleaned"
    assert (
        source(*header, name="export.zip/unsubscribed_email_audience_export_1.csv")
        == "mailchimp-unsubscribed"
    )


def test_the_name_of_the_file_alone_decides_nothing():
    assert source("Email", "Name", name="unsubscribed_email_audience_export_1.csv") is None
    assert source("ip", "email", "created", name="suppression_bounces.csv") == "sendgrid-spam-reports"


def test_contacts_in_a_file_named_unsubscribed_are_a_question():
    header, _ = read("subscribed_email_audience_export_4a1b2c.csv")
    found = recognise("unsubscribed_email_audience_export_9.csv", header, [])
    assert [p.id for p in found.candidates] == ["mailchimp-subscribed", "mailchimp-unsubscribed"]
    assert found.ambiguous
    assert source(*(header or ()), name="nonsubscribed_email_audience_export_9.csv") == "mailchimp-subscribed"


def test_what_no_source_confirms_gives_way_to_what_one_does():
    assert load_profiles()["amazon-ses-list"].verified is Verified.UNCONFIRMED
    assert source("EmailAddress", "Reason", "LastUpdateTime") == "amazon-ses-list"
    assert (
        source("EmailAddress", "Reason", "LastUpdateTime", "Email Address", "UNSUB_TIME")
        == "mailchimp-unsubscribed"
    )


def test_two_unconfirmed_sources_are_ambiguous_whatever_the_file_is_called():
    header = ["EmailAddress", "SuppressionReason", "Origin", "CreatedAt", "Date"]
    found = recognise("postmark.csv", header, [])
    assert {p.id for p in found.candidates} == {"postmark", "campaign-monitor-suppressed"}
    assert found.ambiguous


def test_a_group_of_sendgrid_is_a_list_and_the_global_file_is_all_mail():
    header = ["email", "created"]
    row = ["a@a.example", "1772445605"]
    for name, scope in (
        ("asm_groups_1234_suppressions.csv", "SendGrid group 1234"),
        ("suppression_unsubscribes.csv", ALL_MAIL),
        ("list.csv", ALL_MAIL),
    ):
        profile = recognise(name, header, [row]).profile
        assert profile is not None
        assert rows_of_interest(profile, row, mapping_for(profile, header)).scopes == (scope,)


# --- columns --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "unsubscribed_email_audience_export_4a1b2c.csv",
            {
                Field.ADDRESS: ["Email Address"],
                Field.RECEIVED: ["UNSUB_TIME"],
                Field.REASON: ["UNSUB_REASON", "UNSUB_REASON_OTHER"],
                Field.FIRST_NAME: ["First Name"],
                Field.LAST_NAME: ["Last Name"],
                Field.NOTE: ["UNSUB_CAMPAIGN_TITLE"],
            },
        ),
        ("suppression_spam_reports.csv", {Field.ADDRESS: ["email"], Field.RECEIVED: ["created"]}),
        (
            "hubspot.csv",
            {
                Field.ADDRESS: ["Recipient address"],
                Field.ALL_MAIL_FLAG: ["Portal Unsubscribe"],
                Field.BOUNCE_FLAG: ["Portal Bounce", "Global Bounce"],
                Field.COMPLAINT_FLAG: ["Portal Spam Report"],
                Field.SCOPE_FLAG: ["Marketing Information", "Shop news"],
            },
        ),
        ("mailgun.csv", {Field.ADDRESS: ["address"], Field.RECEIVED: ["created_at"], Field.SCOPE: ["tags"]}),
        (
            "promio.csv",
            {Field.ADDRESS: ["mail"], Field.RECEIVED: ["ts"], Field.CHANNEL: ["sourceType"]},
        ),
    ],
)
def test_the_columns_of_a_platform_are_known_by_name(name, expected):
    assert fields(name) == expected


def test_all_address_columns_of_contacts_are_taken():
    assert fields("google.csv")[Field.ADDRESS] == ["E-mail 1 - Value", "E-mail 2 - Value"]
    assert fields("outlook.csv")[Field.ADDRESS] == ["E-mail Address", "E-mail 2 Address", "E-mail 3 Address"]


def test_a_time_of_the_last_change_only_bounds_the_receipt():
    profile = load_profiles()["listmonk"]
    mapping = mapping_for(profile, read("listmonk.csv")[0])
    assert mapping.received_is_latest
    assert mapping.column(Field.RECEIVED) == 6
    assert not mapping_for(
        load_profiles()["mailchimp-unsubscribed"], ["Email Address", "UNSUB_TIME", "LAST_CHANGED"]
    ).received_is_latest
    assert mapping_for(
        load_profiles()["mailchimp-unsubscribed"], ["Email Address", "UNSUB_REASON", "LAST_CHANGED"]
    ).received_is_latest


def test_of_a_repeated_name_the_first_counts_except_for_addresses():
    mapping = mapping_for(
        load_profiles()["mailchimp-unsubscribed"],
        ["Email Address", "UNSUB_TIME", "UNSUB_TIME", "Email Address"],
    )
    assert mapping.columns[Field.RECEIVED] == (1,)
    assert mapping.columns[Field.ADDRESS] == (0, 3)


def test_the_zone_of_the_times_is_stated():
    zones = {id_: profile.zone for id_, profile in load_profiles().items()}
    assert zones["mailchimp-unsubscribed"].iana == "UTC"
    assert zones["sendgrid-unsubscribes"].iana == "America/Los_Angeles"
    assert (zones["klaviyo"], zones["aweber"]) == (Zone.STATED, Zone.NOT_STATED)
    assert Zone.NOT_STATED.iana is None


# --- rows -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("unsubscribed_email_audience_export_4a1b2c.csv", [OUT, OUT]),
        ("cleaned_email_audience_export_4a1b2c.csv", [BOUNCED]),
        ("subscribed_email_audience_export_4a1b2c.csv", [LEFT_OUT]),
        ("rejects.csv", [OUT, BOUNCED, COMPLAINED, REVIEW]),
        ("suppression_unsubscribes.csv", [OUT, OUT]),
        ("suppression_spam_reports.csv", [COMPLAINED]),
        ("suppression_bounces.csv", [BOUNCED]),
        ("suppression_invalid_emails.csv", [BOUNCED]),
        ("constant-contact.csv", [OUT, LEFT_OUT, REVIEW]),
        ("klaviyo.csv", [OUT, LEFT_OUT, OUT, BOUNCED, LEFT_OUT]),
        (
            "hubspot.csv",
            [
                OUT,
                (Standing.OPTED_OUT, ("Marketing Information",), Channel.PLATFORM_EXPORT),
                COMPLAINED,
                BOUNCED,
                LEFT_OUT,
                (Standing.OPTED_OUT, ("Marketing Information", "Shop news"), Channel.PLATFORM_EXPORT),
            ],
        ),
        ("mailgun.csv", [OUT, (Standing.OPTED_OUT, ("newsletter", "offers"), Channel.PLATFORM_EXPORT), OUT]),
        ("ses-suppression.csv", [BOUNCED, COMPLAINED, BOUNCED]),
        ("ses-list.csv", [COMPLAINED, BOUNCED]),
        ("aweber.csv", [OUT, LEFT_OUT]),
        ("listmonk.csv", [OUT, LEFT_OUT, REVIEW]),
        ("google.csv", [LEFT_OUT]),
        ("google-old.csv", [LEFT_OUT]),
        ("outlook.csv", [LEFT_OUT]),
        ("brevo.csv", [REVIEW]),
        ("mailerlite.csv", [OUT, LEFT_OUT]),
        ("campaign-monitor-suppression.csv", [OUT, BOUNCED, OUT]),
        ("campaign-monitor-list.csv", [OUT, LEFT_OUT]),
        ("postmark.csv", [OUT, COMPLAINED, BOUNCED]),
        ("mailup.csv", [OUT, LEFT_OUT]),
        (
            "promio.csv",
            [(Standing.OPTED_OUT, (ALL_MAIL,), Channel.LIST_UNSUBSCRIBE), COMPLAINED, OUT],
        ),
        ("cordial.csv", [OUT, LEFT_OUT]),
        ("customers-removed.csv", [LEFT_OUT]),
    ],
)
def test_only_who_opted_out_comes_in(name, expected):
    assert said(name) == expected


def test_what_is_left_out_is_said_in_words_that_can_be_counted():
    reasons = Counter(v.reason for v in verdicts("klaviyo.csv") if v.standing is Standing.ACTIVE)
    assert reasons == {
        "Email Marketing Consent is “SUBSCRIBED”": 1,
        "Email Marketing Consent is “NEVER_SUBSCRIBED”": 1,
    }
    assert verdicts("aweber.csv")[1].reason == "Stop Time is empty: no opt-out"
    assert verdicts("google.csv")[0].reason == "Google Contacts: a file of contacts, not of opt-outs"
    assert verdicts("constant-contact.csv")[2].reason == (
        "Email permission status is “Express”, yet Confirmed Opt-Out Date is filled"
    )


def test_a_file_that_says_subscribed_says_so_and_nothing_more():
    assert [v.subscribed for v in verdicts("klaviyo.csv")] == [False, True, False, False, False]
    assert [v.subscribed for v in verdicts("subscribed_email_audience_export_4a1b2c.csv")] == [True]
    assert [v.subscribed for v in verdicts("google.csv")] == [False]


def test_a_bounce_is_not_lost_beside_an_opt_out_of_one_list():
    assert [v.bounced for v in verdicts("hubspot.csv")] == [False, False, False, True, False, True]


def test_the_time_of_a_consent_does_not_date_another_kind_of_suppression():
    assert [v.dated for v in verdicts("klaviyo.csv")] == [True, True, False, False, True]


@pytest.mark.parametrize(
    ("consent", "suppressions", "standing", "channel"),
    [
        ("Unsubscribed", "", Standing.OPTED_OUT, Channel.PLATFORM_EXPORT),
        ("Subscribe", "", Standing.ACTIVE, None),
        ("SUBSCRIBED", "['HARD_BOUNCE', 'SPAM_COMPLAINT']", Standing.OPTED_OUT, Channel.COMPLAINT),
        ("SUBSCRIBED", "HARD_BOUNCE;USER_SUPPRESSED", Standing.OPTED_OUT, Channel.PLATFORM_EXPORT),
        ("SUBSCRIBED", "[]", Standing.ACTIVE, None),
        ("SUBSCRIBED", "SOMETHING_NEW", Standing.UNKNOWN, None),
        ("paused", "", Standing.UNKNOWN, None),
        ("", "", Standing.UNKNOWN, None),
    ],
)
def test_the_strictest_status_of_a_row_counts(consent, suppressions, standing, channel):
    profile = load_profiles()["klaviyo"]
    mapping = mapping_for(profile, ["Email", "Email Marketing Consent", "Email Suppressions"])
    verdict = rows_of_interest(profile, ["a@a.example", consent, suppressions], mapping)
    assert (verdict.standing, verdict.channel) == (standing, channel)


@pytest.mark.parametrize(
    ("header", "row", "standing"),
    [
        (["Email", "Ad Tracking"], ["a@a.example", "footer"], Standing.UNKNOWN),
        (["Email", "Klaviyo ID"], ["a@a.example", "01HA"], Standing.UNKNOWN),
        (["Email address", "Confirmed Opt-Out Date"], ["a@a.example", "2026-03-02"], Standing.OPTED_OUT),
        (["Email address", "Confirmed Opt-Out Date"], ["a@a.example"], Standing.ACTIVE),
        (
            ["Email address", "Email permission status", "Updated At"],
            ["a@a.example", "", "2026-03-02"],
            Standing.UNKNOWN,
        ),
    ],
)
def test_a_row_whose_status_cannot_be_seen_is_reviewed(header, row, standing):
    profile = recognise("x.csv", header, [row]).profile
    assert profile is not None
    assert rows_of_interest(profile, row, mapping_for(profile, header, [row])).standing is standing


@pytest.mark.parametrize(
    ("unsubscribed", "shop", "standing"),
    [
        ("true", "", Standing.OPTED_OUT),
        ("WAHR", "", Standing.OPTED_OUT),
        ("perhaps", "", Standing.UNKNOWN),
        ("perhaps", "TRUE", Standing.UNKNOWN),
        ("", "12", Standing.ACTIVE),
        ("0", "FALSE", Standing.ACTIVE),
    ],
)
def test_the_flags_of_hubspot_are_read_as_spreadsheets_write_them(unsubscribed, shop, standing):
    profile = load_profiles()["hubspot"]
    mapping = mapping_for(profile, ["Email", "Portal Unsubscribe", "Portal Bounce", "Shop news"])
    assert rows_of_interest(profile, ["a@a.example", unsubscribed, "", shop], mapping).standing is standing


@pytest.mark.parametrize(
    ("tags", "scopes"),
    [
        ("*", (ALL_MAIL,)),
        ("", (ALL_MAIL,)),
        ("news", ("news",)),
        ('["news", "*"]', (ALL_MAIL,)),
        ('["news","shop"]', ("news", "shop")),
    ],
)
def test_a_tag_of_mailgun_is_a_list_and_a_star_is_all_mail(tags, scopes):
    profile = load_profiles()["mailgun-unsubscribes"]
    mapping = mapping_for(profile, ["created_at", "tags", "address"])
    assert rows_of_interest(profile, ["", tags, "a@a.example"], mapping).scopes == scopes


def test_she_can_name_the_list_a_file_is_of():
    profile = load_profiles()["mailchimp-unsubscribed"]
    assert profile.covers is Covers.ONE_LIST
    mapping = mapping_for(profile, ["Email Address", "UNSUB_TIME"])
    assert rows_of_interest(profile, ["a@a.example"], mapping).scopes == (ALL_MAIL,)
    assert rows_of_interest(replace(profile, scope="Shop news"), ["a@a.example"], mapping).scopes == (
        "Shop news",
    )


def test_a_pattern_of_activecampaign_is_no_address():
    profile = load_profiles()["activecampaign-exclusions"]
    mapping = mapping_for(profile, ["Email", "Match"])
    rows = [
        ["a@a.example", "exactly matches"],
        ["@a.example", "Ends with"],
        ["info@", "begins with"],
        ["x", "like"],
    ]
    assert [rows_of_interest(profile, row, mapping).standing for row in rows] == [
        *(Standing.OPTED_OUT, Standing.PATTERN, Standing.PATTERN, Standing.UNKNOWN)
    ]


@pytest.mark.parametrize(
    ("status", "pattern"),
    [
        ("Begins with", Pattern.BEGINS),
        ("starts_with", Pattern.BEGINS),
        ("ENDS WITH", Pattern.ENDS),
        ("begins with, ends with", None),
        ("exactly matches", None),
    ],
)
def test_a_pattern_says_which_part_of_addresses_it_is(status, pattern):
    profile = load_profiles()["activecampaign-exclusions"]
    mapping = mapping_for(profile, ["Email", "Match"])
    verdict = rows_of_interest(profile, ["@a.example", status], mapping)
    assert verdict.pattern is pattern
    assert judge(profile, mapping)(["@a.example", status]) == verdict


@pytest.mark.parametrize(
    ("cell", "domain"),
    [
        ("@rival.example", "rival.example"),
        (" *@Rival.EXAMPLE ", "rival.example"),
        ("@b\u00fccher.example", "xn--bcher-kva.example"),
        ("rival.example", None),
        (".rival.example", None),
        ("@", None),
        ("@example", None),
        ("ann@rival.example", None),
        ("", None),
    ],
)
def test_only_an_ending_that_is_a_whole_domain_stands_for_that_domain(cell, domain):
    assert domain_of_pattern(cell, Pattern.ENDS) == domain
    assert domain_of_pattern(cell, Pattern.BEGINS) is None
    assert domain_of_pattern(cell, None) is None


def test_of_a_file_that_does_not_say_she_can_say_that_all_opted_out():
    row = ["a@a.example", "2026-03-02", "2026-03-03"]
    for id_, header in (
        ("brevo", ["EMAIL", "ADDED_TIME", "MODIFIED_TIME"]),
        ("zoho-campaigns", ["Contact Email", "x", "y"]),
        ("cloudflare", None),
    ):
        profile = load_profiles()[id_]
        mapping = mapping_for(profile, header, [row])
        assert rows_of_interest(profile, row, mapping).standing is Standing.UNKNOWN
        verdict = rows_of_interest(stated_opted_out(profile), row, mapping)
        assert (verdict.standing, verdict.scopes) == (Standing.OPTED_OUT, (ALL_MAIL,))


@pytest.mark.parametrize(
    "profile", [p for p in load_profiles().values() if p.people is not People.NOT_STATED], ids=lambda p: p.id
)
def test_what_a_file_says_of_its_people_is_never_overruled(profile):
    with pytest.raises(ValueError, match="says who opted out"):
        stated_opted_out(profile)


@pytest.mark.parametrize("profile", load_profiles().values(), ids=load_profiles())
def test_no_row_however_odd_is_an_error(profile):
    header = [name.replace("#", "1") for names in profile.fields.values() for name in names]
    mapping = mapping_for(profile, header)
    for row in (
        [],
        [""],
        ["x" * 1_000_000] * 9,
        ["\x00"] * 99,
        ["=1+1"] * len(header),
        ["TRUE"] * len(header),
    ):
        verdict = rows_of_interest(profile, row, mapping)
        assert verdict.reason
        assert len(verdict.reason) < 200
        assert bool(verdict.scopes) == (verdict.standing in (Standing.OPTED_OUT, Standing.BOUNCE))


@pytest.mark.parametrize("name", SOURCES)
def test_many_rows_are_judged_as_one_is(name):
    header, rows = read(name)
    profile = recognise(name, header, rows).profile
    assert profile is not None
    mapping = mapping_for(profile, header, rows)
    verdict_of = judge(profile, mapping)
    odd = [[], [""] * 30, ["false"] * 30, ["x" * 2000] * 30, ["TRUE"] * 30]
    several = [[str(n) for n in range(k, k + 30)] for k in range(1200)]
    for row in rows + rows[::-1] + odd + several:
        assert verdict_of(row) == rows_of_interest(profile, row, mapping)


# --- guessed --------------------------------------------------------------------------------------------------------


def guess(header: list[str] | None, *rows: list[str]) -> dict[str, tuple[str, str]]:
    """Each field's column and confidence."""
    mapping = guess_mapping(header, rows)
    return {
        of.value: (mapping.name(indexes[0]), mapping.confidence[of].value)
        for of, indexes in mapping.columns.items()
    }


@pytest.mark.parametrize(
    ("name", "confidence"),
    [
        *(
            (name, "likely")
            for name in ("Unsubscribed at", "unsub_date", "Opt-out date", "OptOutDate", "date of opt-out")
        ),
        *((name, "likely") for name in ("Received", "Date received", "Request date", "removed on")),
        *(
            (name, "doubtful")
            for name in ("Date", "created", "Created at", "added on", "timestamp", "Unsubscribed")
        ),
    ],
)
def test_the_receipt_is_guessed_by_the_words_of_the_header(name, confidence):
    found = guess(["Email", name], ["a@a.example", "3/2/26"], ["b@b.example", ""])
    assert found == {"address": ("Email", "likely"), "received": (name, confidence)}


@pytest.mark.parametrize(
    "name", ["Birthday", "Opt-in date", "Last order", "Date of birth", "Sent", "Updates"]
)
def test_another_date_is_no_receipt(name):
    assert "received" not in guess(["Email", name], ["a@a.example", "3/2/26"])


def test_a_column_of_that_name_without_times_is_no_receipt():
    assert "received" not in guess(["Email", "Date"], ["a@a.example", "Ann"], ["b@b.example", "Bo"])


def test_the_other_columns_are_guessed_too():
    header = [
        "First name",
        "Surname",
        "E-mail",
        "List",
        "Reason",
        "Channel",
        "Unsubscribed at",
        "Date",
        "Notes",
    ]
    row = ["Ann", "Dole", "a@a.example", "Shop", "too many", "phone", "2026-03-02", "2026-03-03", "-"]
    assert guess(header, row) == {
        "address": ("E-mail", "likely"),
        "received": ("Unsubscribed at", "likely"),
        "reason": ("Reason", "likely"),
        "scope": ("List", "likely"),
        "channel": ("Channel", "likely"),
        "first-name": ("First name", "likely"),
        "last-name": ("Surname", "likely"),
        "note": ("Notes", "likely"),
    }
    generic = load_profiles()[GENERIC]
    verdict = rows_of_interest(generic, row, mapping_for(generic, header, [row]))
    assert (verdict.standing, verdict.scopes, verdict.channel) == (
        Standing.OPTED_OUT,
        ("Shop",),
        Channel.PHONE,
    )


def test_two_times_or_two_addresses_are_a_doubtful_guess():
    found = guess(
        ["Email", "Email 2", "Unsubscribed at", "Opt-out date"],
        ["a@a.example", "b@a.example", "2026-03-02", "2026-03-02"],
    )
    assert found["address"] == ("Email", "doubtful")
    assert found["received"] == ("Unsubscribed at", "doubtful")


def test_without_a_header_the_addresses_are_found_and_of_the_rest_only_dates_are_guessed():
    assert guess(None, ["Ann", "a@a.example", "2026-03-02"]) == {
        "address": ("Column 2", "likely"),
        "received": ("Column 3", "doubtful"),
    }
    assert guess(None, ["Ann"]) == {}
    assert guess(None) == {}
    assert guess([], []) == {}


def test_a_status_is_guessed_by_what_stands_in_it():
    rows = [
        ["a@a.example", "Unsubscribed"],
        ["b@b.example", "active"],
        ["c@c.example", "hm"],
        ["d@d.example", ""],
    ]
    assert guess(["Email", "State"], *rows)["status"] == ("State", "likely")
    assert "status" not in guess(["Email", "State"], ["a@a.example", "VT"])
    generic = load_profiles()[GENERIC]
    mapping = mapping_for(generic, ["Email", "State"], rows)
    assert [rows_of_interest(generic, row, mapping).standing for row in rows] == [
        *(Standing.OPTED_OUT, Standing.ACTIVE, Standing.UNKNOWN, Standing.UNKNOWN)
    ]


def test_a_column_of_yes_and_no_about_opting_out_is_heeded():
    rows = [["a@a.example", "yes"], ["b@b.example", "no"], ["c@c.example", ""]]
    generic = load_profiles()[GENERIC]
    mapping = mapping_for(generic, ["Email", "Opted out"], rows)
    assert mapping.confidence[Field.ALL_MAIL_FLAG] is Confidence.LIKELY
    assert [rows_of_interest(generic, row, mapping).standing for row in rows] == [
        *(Standing.OPTED_OUT, Standing.ACTIVE, Standing.ACTIVE)
    ]


@pytest.mark.parametrize(
    ("name", "confidence"),
    [
        *((name, "likely") for name in ("Platform", "Email platform", "E-mail service", "ESP", "Sent from")),
        *(
            (name, "likely")
            for name in ("mailing_system", "Email provider", "Service provider", "mailedFrom")
        ),
        *((name, "doubtful") for name in ("System", "Tool", "Service", "Provider")),
    ],
)
def test_where_a_person_is_mailed_from_is_guessed(name, confidence):
    found = guess(["Email", name], ["a@a.example", "Mailchimp"], ["b@b.example", ""])
    assert found == {"address": ("Email", "likely"), "platform": (name, confidence)}


def test_a_column_of_addresses_is_one_even_if_it_is_called_a_service():
    assert guess(["Email service"], ["a@a.example"]) == {"address": ("Email service", "likely")}


MD5 = "9e26471d35a78862c17e467d87cddedf"
SHA1 = "ba0e4a4a3a4e0a8b1c9b8c1a5e37b9f3f8d1b0aa"
SHA256 = "8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d"


@pytest.mark.parametrize("hash_", [MD5, SHA1, SHA256, SHA256 * 2, MD5.upper(), f"  {SHA256} "])
@pytest.mark.parametrize("header", [None, ["sha256", "Date"], ["email_md5", "Date"], ["Kunde", "Date"]])
def test_a_column_of_hashes_is_the_address_where_nothing_else_is(hash_, header):
    mapping = guess_mapping(header, [[hash_, "2026-03-02"]] * 3)
    assert mapping.columns[Field.ADDRESS] == (0,)
    assert mapping.confidence[Field.ADDRESS] is Confidence.LIKELY


@pytest.mark.parametrize(
    "cells",
    [
        [MD5[:-1]] * 3,
        [MD5[:-1] + "g"] * 3,
        [MD5, SHA1],
        [MD5, "", "n/a"],
        ["Ann", "Bo", MD5],
    ],
)
def test_what_is_not_nearly_all_hashes_of_one_length_is_no_column_of_hashes(cells):
    rows = [[cell, "x"] for cell in cells]
    assert not any(c.holds_hashes for c in find_layout("x.csv", range(9), rows, optouts=True).columns)


def test_a_title_or_a_gap_among_hashes_does_not_matter():
    assert guess(["hash"], *[[MD5]] * 12, ["n/a"], [""])["address"] == ("hash", "likely")


def test_addresses_win_over_hashes():
    row = ["a@a.example", MD5, MD5]
    assert guess(["Email", "email_md5", "id"], row) == {"address": ("Email", "likely")}
    assert guess(["id", "Email"], [MD5, "n/a"], [MD5, "n/a"], [MD5, "a@a.example"])["address"] == (
        "Email",
        "likely",
    )
    assert guess(["Email", "sha256"], ["", SHA256], ["", SHA256])["address"] == ("sha256", "likely")


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (["email_md5", "phone_md5"], ["email_md5"]),
        (["phone_sha256", "Email"], ["Email"]),
        (["first_name", "hash"], ["hash"]),
        (["id", "key"], ["id"]),
        (["id", "MD5"], ["MD5"]),
        (["E-mail 1", "E-mail 2"], ["E-mail 1", "E-mail 2"]),
    ],
)
def test_of_several_columns_of_hashes_the_names_decide_and_it_stays_doubtful(header, found):
    mapping = guess_mapping(header, [[MD5, MD5]] * 3)
    assert [mapping.name(index) for index in mapping.columns[Field.ADDRESS]] == found
    assert mapping.confidence[Field.ADDRESS] is Confidence.DOUBTFUL


def test_a_list_of_hashes_or_domains_is_of_people_who_opted_out():
    generic = load_profiles()[GENERIC]
    for rows in ([[MD5], [MD5.upper()]], [["*@rival.example"], ["@other.example"]]):
        assert recognise("list.txt", None, rows).candidates == ()
        mapping = mapping_for(generic, None, rows)
        assert mapping.columns == {Field.ADDRESS: (0,)}
        assert rows_of_interest(generic, rows[0], mapping).standing is Standing.OPTED_OUT
        # The first row taken for a header is still an entry.
        assert mapping_for(generic, rows[0], rows[1:]).header == ()


def test_everybody_in_a_plain_list_opted_out():
    generic = load_profiles()[GENERIC]
    mapping = mapping_for(generic, None, [["a@a.example"]])
    verdict = rows_of_interest(generic, ["a@a.example"], mapping)
    assert (verdict.standing, verdict.scopes, verdict.channel) == (
        Standing.OPTED_OUT,
        (ALL_MAIL,),
        Channel.OTHER,
    )


# --- the data -------------------------------------------------------------------------------------------------------


def test_what_is_not_confirmed_says_so():
    for profile in load_profiles().values():
        assert profile.source
        assert profile.unverified or profile.verified is not Verified.UNCONFIRMED
    for platform in load_platforms().values():
        assert bool(platform.upload) != bool(platform.no_upload)
        if platform.upload and platform.upload.verified is Verified.UNCONFIRMED:
            assert platform.upload.unverified


def test_only_contacts_are_marked_as_subscribed_and_no_profile_of_contacts_has_statuses():
    for profile in load_profiles().values():
        assert not profile.subscribed or profile.people is People.CONTACTS
        assert not (profile.people is People.CONTACTS and profile.statuses)


def test_the_data_has_no_key_the_program_does_not_read():
    data = json.loads(resource("esp", "profiles.json").read_text("utf-8"))
    known = {
        *(
            "id",
            "name",
            "platform",
            "verified",
            "source",
            "unverified",
            "signature",
            "people",
            "subscribed",
            "covers",
        ),
        *("scope_note", "channel", "channels", "zone", "fields", "positions", "statuses", "otherwise"),
        *(
            "without_status",
            "opted_out_when_received",
            "received_of",
            "other_columns_are_scopes",
            "several_scopes",
        ),
        *("all_mail_words", "scope_from_name", "month_first"),
    }
    assert {key for item in data["sources"] for key in item} <= known
    assert len(load_profiles()) == len(data["sources"])
    parts = {key for item in data["sources"] for key in item["signature"] or ()}
    assert parts <= {"required", "any_of", "none_of", "exactly", "content", "file_names", "only_by_name"}


def test_each_platform_takes_its_own_columns():
    headers = {p.id: [c.header for c in p.upload.columns] for p in load_platforms().values() if p.upload}
    assert headers["klaviyo"] == ["Email"]
    assert headers["listmonk"] == ["email", "name", "attributes"]
    assert headers["mailgun"] == ["address", "tags", "created_at"]
    ses = load_platforms()["amazon-ses"].upload
    assert ses is not None
    assert (ses.header_row, ses.max_rows) == (False, 100_000)
    mailgun = load_platforms()["mailgun"].upload
    assert mailgun is not None
    assert (mailgun.all_mail, mailgun.max_bytes, mailgun.time_form) == ("*", 25_000_000, "rfc-2822")


def test_a_vendor_that_always_writes_the_month_first_is_known():
    assert {p.id for p in load_profiles().values() if p.month_first} == {"aweber"}


def test_the_one_column_of_dates_of_a_list_without_a_header_is_doubtfully_the_receipt():
    rows = [["a@shop.example", "2026-01-01", "Ann"], ["b@shop.example", "3 May 2026", "Bo"]]
    found = guess_mapping(None, rows)
    assert (found.columns[Field.RECEIVED], found.confidence[Field.RECEIVED]) == ((1,), Confidence.DOUBTFUL)
    assert Field.RECEIVED not in guess_mapping(None, [[*row, "1998-02-03"] for row in rows]).columns
    assert Field.RECEIVED not in guess_mapping(None, [["a@shop.example", "12345"]]).columns
