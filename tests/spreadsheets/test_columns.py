"""The header and the address columns of a list are found by what is in them and by their names."""

import pytest

from optoutdesk.domain.errors import NoAddressColumnError, UsageError
from optoutdesk.spreadsheets.columns import SAMPLE_ROWS, Layout, find_layout, letter_of


def layout(*rows: str, **how) -> Layout:
    """The layout of rows written with | between their cells."""
    cells = [row.split("|") if row else [] for row in rows]
    return find_layout("list.csv", range(1, len(rows) + 1), cells, **how)


def names(found: Layout) -> list[str]:
    return [found.columns[index].name for index in found.address_columns]


def people(*columns: str, rows: int = 6) -> list[str]:
    """Rows in which {} stands for the row's number."""
    return ["|".join(columns).replace("{}", str(n)) for n in range(rows)]


def test_letters_are_those_of_spreadsheets():
    assert [letter_of(index) for index in (0, 25, 26, 51, 52, 701, 702, 16383)] == [
        *("A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD")
    ]


# --- the exports people have ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "row", "found"),
    [
        (
            "First Name|Last Name|Labels|E-mail 1 - Label|E-mail 1 - Value|E-mail 2 - Label|E-mail 2 - Value|Phone 1 - Value",
            "Ann{}|Doe|* myContacts|* Work|ann{}@a.example|||+1 802 555 010{}",
            ["E-mail 1 - Value", "E-mail 2 - Value"],
        ),
        (
            "First Name|E-mail Address|E-mail Type|E-mail Display Name|E-mail 2 Address|E-mail 2 Type|E-mail 2 Display Name",
            "Ann{}|ann{}@a.example|SMTP|Ann{} (ann{}@a.example)|||",
            ["E-mail Address", "E-mail 2 Address"],
        ),
        (
            "Email Address|First Name|MEMBER_RATING|OPTIN_TIME|CONFIRM_TIME|CONFIRM_IP|LEID|EUID|NOTES|TAGS",
            'ann{}@a.example|Ann|2|2024-01-02 10:00:0{}||1.2.3.{}|1|ab{}||"vip"',
            ["Email Address"],
        ),
        (
            "Email|Klaviyo ID|First Name|Email Marketing Consent|Email Suppressions|Email Lists|SMS Consent Timestamp",
            "ann{}@a.example|01H{}|Ann|SUBSCRIBED|||",
            ["Email"],
        ),
        ("email_address|status|email_permission_source", "ann{}@a.example|active|import", ["email_address"]),
        ("Name|Courriel", "Ann|ann{}@a.example", ["Courriel"]),
        ("Nombre|Correo electrónico|Correo 2", "Ann|ann{}@a.example|", ["Correo electrónico", "Correo 2"]),
        ("Kunde|Mailadresse", "Ann|ann{}@a.example", ["Mailadresse"]),
        ("Name|Contact", "Ann|ann{}@a.example", ["Contact"]),
    ],
)
def test_the_address_columns_of_usual_exports(header, row, found):
    seen = layout(header, *people(*row.split("|")))
    assert names(seen) == found
    assert (seen.header_row, seen.first_row) == (1, 2)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Email Marketing Consent",
            "E-mail Display Name",
            "Email Type",
            "E-mail 2 - Label",
            "Email Status",
            "Email opt-in",
        ),
        *(
            "Email opened",
            "Email lists",
            "Email client",
            "Email count",
            "Email sent date",
            "Date of e-mail",
            "Mail format",
        ),
    ],
)
def test_a_column_about_mail_is_no_address_column(name):
    assert names(layout(f"Email|{name}", "ann@a.example|", "bo@b.example|")) == ["Email"]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Client Email",
            "Account Email",
            "Candidate Email",
            "Marketing Email",
            "Updated email",
            "Optician's e-mail",
        ),
        *("Source email", "Email (opt-in)", "Account manager", "Partner"),
    ],
)
def test_a_column_of_addresses_is_one_whatever_it_is_called(name):
    rows = people("Ann", "ann{}@a.example", "rep@shop.example")
    assert names(layout(f"Name|{name}|Manager Email", *rows)) == [name, "Manager Email"]


@pytest.mark.parametrize("name", ["E-mail 3", "Client Email", "Account Email", "Candidate E-Mail", "Mail"])
def test_an_empty_column_named_for_addresses_is_one(name):
    rows = people("Ann", "ann{}@a.example", "", rows=SAMPLE_ROWS)
    assert names(layout(f"Name|Email|{name}", *rows)) == ["Email", name]


def test_a_named_column_with_few_addresses_is_one():
    rows = people("Ann", "ann{}@a.example", "none")
    assert names(layout("Name|Email|E-mail 2", *rows, "Bo|bo@b.example|bo2@b.example")) == [
        "Email",
        "E-mail 2",
    ]


def test_a_named_column_is_one_whatever_its_first_rows_say():
    rows = people("Ann", "ann{}@a.example", "n/a", rows=SAMPLE_ROWS)
    assert names(layout("Name|Email|E-mail 2", *rows)) == ["Email", "E-mail 2"]


def test_notes_that_hold_an_address_now_and_then_are_no_address_column():
    rows = people("Ann", "ann{}@a.example", "Likes mugs")
    seen = layout("Name|Email|Note", *rows, "Bo|bo@b.example|also bo2@b.example", "Cy|cy@c.example|")
    assert names(seen) == ["Email"]
    assert (seen.columns[2].filled, seen.columns[2].addresses) == (7, 1)


def test_a_display_name_is_better_than_nothing():
    rows = people("Ann", "Ann (ann{}@a.example)")
    assert names(layout("Name|E-mail Display Name", *rows)) == ["E-mail Display Name"]


def test_a_column_called_e_mail_with_nothing_but_broken_addresses_is_still_the_one():
    assert names(layout("Name|E-mail", "Ann|ann at a.example", "Bo|bo(at)b.example")) == ["E-mail"]


def test_full_width_signs_are_addresses_too():
    assert names(layout("Name|Contact", "Ann|ann\uff20a.example", "Bo|bo\ufe6bb.example")) == ["Contact"]


def test_a_list_without_addresses_is_refused():
    with pytest.raises(NoAddressColumnError, match=r"No column of list\.csv holds e-mail addresses"):
        layout("Name|Phone", "Ann|802 555 0100", "Bo|802 555 0101")


# --- the header -----------------------------------------------------------------------------------------------------


def test_a_header_stands_below_titles_and_blank_rows():
    seen = layout(
        "Mill Street Pottery",
        "owner@mill.example",
        "",
        "Name|Email",
        "",
        "Ann|ann@a.example",
        "Bo|bo@b.example",
    )
    assert (seen.header_row, seen.first_row) == (4, 6)
    assert [column.name for column in seen.columns] == ["Name", "Email"]


def test_a_title_about_e_mail_does_not_take_the_header_s_place():
    seen = layout("Email addresses for the spring fair", "Email|Name", "ann@a.example|Ann", "bo@b.example|Bo")
    assert (seen.header_row, names(seen)) == (2, ["Email"])


def test_a_title_about_e_mail_without_a_header_below_is_no_person():
    seen = layout("Email addresses for the spring fair", "ann@a.example|Ann", "bo@b.example|Bo")
    assert (seen.header_row, seen.first_row, seen.address_columns) == (1, 2, (0,))


def test_a_title_with_the_owner_s_address_in_the_address_column_is_a_title():
    seen = layout("Prepared by|owner@mill.example", "Name|Email", "Ann|ann@a.example", "Bo|bo@b.example")
    assert (seen.header_row, seen.first_row) == (2, 3)


def test_two_header_rows_give_the_one_that_names_the_addresses():
    seen = layout("Contact||Address|", "Name|E-mail|Street|Town", "Ann|ann@a.example|Mill St|Dunmore")
    assert (seen.header_row, seen.first_row) == (2, 3)


def test_a_header_that_says_nothing_of_mail_is_known_by_its_place():
    seen = layout("Who|Where to write", "Ann|ann@a.example", "Bo|bo@b.example")
    assert (seen.header_row, names(seen)) == (1, ["Where to write"])


@pytest.mark.parametrize(
    "rows",
    [
        ["ann@a.example", "bo@b.example"],
        ["Ann|ann@a.example", "Bo|bo@b.example"],
        ["ann@a.example|2024-01-01T00:00:00Z|BOUNCE", "bo@b.example|2024-01-02T00:00:00Z|COMPLAINT"],
        ["Ann|ann@a.example", "Bo|bo@b.example", "E-mail House Ltd|cy@c.example"],
        ["Ann|ann@a.example|Foo", "Bo|bo@b.example|Foo", "Cy||Direct Mail Ltd"],
        ["ann at a.example|1", "bo@b.example|2", "cy@c.example|3"],
    ],
)
def test_a_list_without_a_header_has_none(rows):
    seen = layout(*rows)
    assert (seen.header_row, seen.first_row) == (None, 1)
    assert all(column.name == "" for column in seen.columns)


def test_whoever_says_that_there_is_no_header_is_believed():
    seen = layout("Name|Email", "Ann|ann@a.example", "Bo|bo@b.example", header=False)
    assert (seen.header_row, seen.first_row, seen.address_columns) == (None, 1, (1,))


def test_whoever_says_that_there_is_a_header_is_believed():
    seen = layout("", "ann@a.example|Ann", "bo@b.example|Bo", header=True)
    assert (seen.header_row, seen.first_row) == (2, 3)
    assert names(seen) == ["ann@a.example"]


def test_below_the_header_of_a_list_without_people_the_next_row_would_be_the_first():
    seen = layout("Name|Email", "", "")
    assert (seen.header_row, seen.first_row) == (1, 4)


def test_a_header_s_name_is_shown_on_one_line():
    assert names(layout("Name| E-mail\n\taddress ", "Ann|ann@a.example")) == ["E-mail address"]


@pytest.mark.parametrize(
    ("header", "width"), [("Name|Email", 2), ("Name|Email||", 2), ("|Email|Town", 3), ("Name|Email|x|", 3)]
)
def test_the_header_s_width_ends_with_its_last_name(header, width):
    seen = layout(header, "Ann|ann@a.example|x|y|z")
    assert (seen.width, len(seen.columns)) == (width, 5)


def test_without_a_header_all_columns_count():
    assert layout("Ann|ann@a.example|x", "Bo|bo@b.example").width == 3


# --- what was guessed can be overridden -----------------------------------------------------------------------------

ROWS = ["Name|Email|Work e-mail|2", "Ann|ann@a.example|ann@w.example|x", "Bo|bo@b.example||"]


@pytest.mark.parametrize(
    ("wanted", "columns"),
    [
        (["Email"], (1,)),
        ([" work E-MAIL "], (2,)),
        (["c"], (2,)),
        (["3"], (2,)),
        (["Name"], (0,)),
        (["2"], (3,)),  # a header of that name goes before the number
        (["C", "Email", "3"], (2, 1)),
    ],
)
def test_columns_are_named_by_header_letter_or_number(wanted, columns):
    assert layout(*ROWS, wanted=wanted).address_columns == columns


@pytest.mark.parametrize("wanted", ["Fax", "E", "5", "0", "-1", "\u00b2", ""])
def test_a_column_that_is_not_there_is_wrong_use_and_all_are_told(wanted):
    with pytest.raises(UsageError) as caught:
        layout(*ROWS, wanted=[wanted])
    assert str(caught.value) == (
        f"There is no column “{wanted}”. The columns are A “Name”, B “Email”, C “Work e-mail”, D “2”."
    )


def test_samples_and_counts_are_there_to_be_shown():
    seen = layout("Name|Email", *people("Ann{}", "ann{}@a.example"), f"{'x' * 80}|")
    assert seen.columns[1].samples == tuple(f"ann{n}@a.example" for n in range(4))
    assert (seen.columns[1].letter, seen.columns[1].filled, seen.columns[1].addresses) == ("B", 6, 6)


# --- lists of opt-outs: hashes and domains too ----------------------------------------------------------------------

MD5 = "9e26471d35a78862c17e467d87cddedf"
SHA256 = "8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d"


@pytest.mark.parametrize(
    ("rows", "header", "columns"),
    [
        ([MD5, MD5.upper(), f" {MD5} "], None, (0,)),
        ([f"{MD5}|2026-03-02", f"{MD5}|2026-03-03"], None, (0,)),
        (["sha256", SHA256, SHA256], 1, (0,)),
        (["email_sha256", SHA256], 1, (0,)),
        (["Date|Customer", f"2026-03-02|{MD5}", f"2026-03-03|{MD5}"], 1, (1,)),
        (["Partner list of March", "", "Date|md5", f"2026-03-02|{MD5}", f"2026-03-03|{MD5}"], 3, (1,)),
        (["*@rival.example", "@other.example"], None, (0,)),
        (["domain", "*@rival.example", "@other.example"], 1, (0,)),
        (["Email|email_md5", f"ann@a.example|{MD5}"], 1, (0,)),
        (["who|since", "ann@a.example|1", f"{MD5}|2", f"{MD5}|3"], 1, (0,)),
        (["Name|Phone", "Ann|802 555 0100"], 1, ()),
        (["address|tags|created_at"], 1, ()),
        (["hash"], 1, ()),
        (["Ann", "Bo"], None, ()),
        (["802 555 0100|Ann", "802 555 0101|Bo"], None, ()),
        ([], None, ()),
    ],
)
def test_a_list_of_opt_outs_can_hold_hashes_and_domains_or_nothing_at_all(rows, header, columns):
    seen = layout(*rows, optouts=True)
    assert (seen.header_row, seen.address_columns) == (header, columns)


def test_a_contact_list_to_be_cleaned_never_consists_of_hashes():
    with pytest.raises(NoAddressColumnError):
        layout("hash", MD5, MD5)
    assert names(layout("Email|email_md5", f"ann@a.example|{MD5}")) == ["Email", "email_md5"]


def test_a_column_named_by_someone_is_taken_in_a_list_of_opt_outs_too():
    assert layout("md5|sha256", f"{MD5}|{SHA256}", optouts=True, wanted=["sha256"]).address_columns == (1,)
    with pytest.raises(UsageError):
        layout("md5", MD5, optouts=True, wanted=["fax"])
