"""Each cleaned list is remembered: is it still safe to send, whose file is this, and cleaning one again in one step."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clock import NOW
from optoutdesk.desk import Desk
from optoutdesk.domain.cleaning import CleanRecord, HiddenRows, Rules
from optoutdesk.domain.errors import Cancelled, UserError
from optoutdesk.services.clean_again import LookFirstError
from optoutdesk.services.clean_list import Outputs, Plan
from optoutdesk.services.cleaned_lists import Cleaned, KnownAs, Standing
from optoutdesk.services.known_files import FileState, KnownFiles

ROWS = "Name,E-mail\nJane,jane@example.com\nBob,bob@example.com\nOps,ops@rival.example\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "newsletter.csv"
    path.write_text(ROWS)
    return path


def opt_out(desk: Desk, *addresses: str, scope: str = "all") -> list[int]:
    service = desk.record_optout
    recorded, _ = service.record(
        service.parse(addresses, scope), service.received(NOW, NOW), now=NOW, by="Ana", scope=scope
    )
    return [item.request.id for item in recorded]


def agree(desk: Desk, address: str, hours: int = 1) -> None:
    """Record that somebody opted in again."""
    request = desk.store.requests_about((desk.record_optout.parse([address])[0].kind, address))[-1]
    at = NOW + timedelta(hours=hours)
    desk.opt_in_again.record(
        request,
        at=at,
        evidence="form of 24 November",
        by="Ana",
        now=at,
        who="She herself",
        how="signed a form",
    )


def clean(
    desk: Desk, path: Path, outputs: Outputs | None = None, rules: Rules | None = None, **how: object
) -> CleanRecord:
    source = desk.clean_list.open(path, **how)
    plan = Plan(source, None, rules or Rules())
    record, _, _ = desk.clean_list.clean(
        plan, outputs or desk.clean_list.default_outputs(plan), by="Ana", now=NOW, overwrite=True
    )
    return record


def again(desk: Desk, record: CleanRecord, **how: object):
    return desk.cleaned_lists.clean_again(record, by="Ben", now=NOW, **how)[0]


def only(desk: Desk) -> Cleaned:
    (cleaned,) = desk.cleaned_lists.recent()
    return cleaned


# -- is this list still safe?


def test_nothing_was_cleaned_yet(desk: Desk) -> None:
    assert desk.cleaned_lists.recent() == []


def test_a_list_is_safe_until_somebody_opts_out(desk: Desk, file: Path) -> None:
    opt_out(desk, "jane@example.com")
    clean(desk, file)
    assert only(desk).standing is Standing.SAFE
    opt_out(desk, "bob@example.com", "x@elsewhere.example")
    cleaned = only(desk)
    assert (cleaned.standing, cleaned.opted_out_since) == (Standing.OPTED_OUT, 2)


def test_who_asks_again_was_removed_before(desk: Desk, file: Path) -> None:
    opt_out(desk, "jane@example.com")
    clean(desk, file)
    opt_out(desk, "jane@example.com")
    assert only(desk).standing is Standing.SAFE


def test_a_consent_since_then_does_not_make_a_list_unsafe(desk: Desk, file: Path) -> None:
    opt_out(desk, "jane@example.com")
    clean(desk, file)
    agree(desk, "jane@example.com")
    assert only(desk).standing is Standing.SAFE


def test_who_opted_out_and_agreed_again_since_may_be_mailed(desk: Desk, file: Path) -> None:
    clean(desk, file)
    opt_out(desk, "jane@example.com", "bob@example.com")
    agree(desk, "bob@example.com")
    assert only(desk).opted_out_since == 1


def test_who_had_agreed_and_opted_out_once_more_makes_it_unsafe(desk: Desk, file: Path) -> None:
    opt_out(desk, "jane@example.com")
    agree(desk, "jane@example.com")
    clean(desk, file)
    later = NOW + timedelta(hours=3)
    service = desk.record_optout
    service.record(service.parse(["jane@example.com"]), service.received(later, later), now=later, by="Ana")
    assert only(desk).opted_out_since == 1


def test_opt_outs_of_another_list_do_not_concern_a_mailing(desk: Desk, file: Path) -> None:
    opt_out(desk, "x@elsewhere.example", scope="Newsletter")
    opt_out(desk, "y@elsewhere.example", scope="Offers")
    plan = Plan(desk.clean_list.open(file), "Newsletter")
    desk.clean_list.clean(plan, desk.clean_list.default_outputs(plan), by="Ana", now=NOW)
    opt_out(desk, "bob@example.com", scope="Offers")
    assert only(desk).standing is Standing.SAFE
    opt_out(desk, "jane@example.com", scope="Newsletter")
    opt_out(desk, "*@rival.example")
    assert only(desk).opted_out_since == 2


def test_opt_outs_of_an_import_that_was_undone_count_no_longer(
    desk: Desk, file: Path, tmp_path: Path
) -> None:
    clean(desk, file)
    optouts = tmp_path / "unsubscribed.csv"
    optouts.write_text("E-mail,Unsubscribed on\njane@example.com,2026-11-20\nbob@example.com,2026-11-20\n")
    service = desk.import_optouts
    with service.preview(service.open(optouts, now=NOW), now=NOW) as preview:
        imported, _ = service.run(preview, by="Ana", now=NOW)
    assert only(desk).opted_out_since == 2
    desk.undo_import.undo(imported.batch.id, by="Ana", now=NOW)
    assert only(desk).standing is Standing.SAFE


def test_an_altered_list_is_said_to_be_altered(desk: Desk, file: Path) -> None:
    record = clean(desk, file)
    with record.output_path.open("a") as stream:
        stream.write("Eve,eve@example.com\n")
    assert only(desk).standing is Standing.ALTERED


def test_an_alteration_that_keeps_the_size_is_found_by_the_content(desk: Desk, file: Path) -> None:
    record = clean(desk, file)
    assert only(desk).standing is Standing.SAFE
    text = record.output_path.read_text()
    record.output_path.write_text(text.replace("bob@", "eve@"))
    os.utime(record.output_path, ns=(1, 1))
    assert only(desk).standing is Standing.ALTERED


def test_a_list_that_was_moved_or_deleted_is_gone(desk: Desk, file: Path) -> None:
    record = clean(desk, file)
    opt_out(desk, "bob@example.com")
    record.output_path.rename(record.output_path.with_name("elsewhere.csv"))
    cleaned = only(desk)
    assert cleaned.standing is Standing.GONE
    assert cleaned.can_clean_again
    file.unlink()
    assert not only(desk).can_clean_again


def test_a_folder_in_the_place_of_the_list_is_no_list(desk: Desk, file: Path) -> None:
    record = clean(desk, file)
    record.output_path.unlink()
    record.output_path.mkdir()
    assert only(desk).standing is Standing.GONE


def test_files_are_read_once_while_they_do_not_change(desk: Desk, file: Path, monkeypatch) -> None:
    clean(desk, file)
    read: list[Path] = []
    original = KnownFiles.sha256

    def told(self: KnownFiles, path: Path, progress: Callable[[int, int], None] | None = None) -> str:
        known = path in self._seen
        found = original(self, path, progress)
        if not known:
            read.append(path)
        return found

    monkeypatch.setattr(KnownFiles, "sha256", told)
    service = desk.cleaned_lists
    (first,) = service.recent(read_files=False)
    assert (first.file, first.checked, read) == (FileState.UNREAD, False, [])
    assert [cleaned.file for cleaned in service.recent()] == [FileState.SAME]
    assert [cleaned.file for cleaned in service.recent(read_files=False)] == [FileState.SAME]
    service.recent()
    assert len(read) == 1


def test_reading_files_can_be_cancelled(desk: Desk, file: Path) -> None:
    clean(desk, file)

    def stop(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        desk.cleaned_lists.recent(progress=stop)
    assert only(desk).standing is Standing.SAFE


def test_of_a_list_that_was_cleaned_again_only_the_last_time_counts(
    desk: Desk, file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "spring.csv"
    other.write_text(ROWS)
    clean(desk, file)
    clean(desk, other)
    last = clean(desk, file)
    assert [cleaned.record.id for cleaned in desk.cleaned_lists.recent()] == [last.id, 2]
    assert [cleaned.record.id for cleaned in desk.cleaned_lists.recent(1)] == [last.id]


class Person:
    """What the model of the property test knows of one address."""

    def __init__(self) -> None:
        self.out: list[int] = []
        self.agreed: list[int] = []

    def barred(self, until: int) -> bool:
        out = [at for at in self.out if at <= until]
        agreed = [at for at in self.agreed if at <= until]
        return bool(out) and (not agreed or max(out) > max(agreed))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["out", "in", "clean"]), st.integers(0, 3)), min_size=1, max_size=14)
)
def test_who_is_barred_since_agrees_with_a_simple_model(
    tmp_path_factory, acts: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("model")
    desk = Desk(folder / "data", now=lambda: NOW)
    people = {f"p{n}@example.com": Person() for n in range(4)}
    cleaned_at: int | None = None
    source = folder / "list.csv"
    source.write_text("E-mail\n" + "".join(f"{name}\n" for name in people))
    service = desk.record_optout
    for step, (act, number) in enumerate([*acts, ("clean", 0)] if "clean" not in dict(acts) else acts, 1):
        name, at = f"p{number}@example.com", NOW + timedelta(hours=step)
        if act == "out":
            service.record(service.parse([name]), service.received(at, at), now=at, by="Ana")
            people[name].out.append(step)
        elif act == "in" and people[name].barred(step):
            request = next(r for r in desk.store.barring((service.parse([name])[0].kind, name), None))
            desk.opt_in_again.record(
                request, at=at, evidence="a form", by="Ana", now=at, who="she", how="a form"
            )
            people[name].agreed.append(step)
        elif act == "clean":
            plan = Plan(desk.clean_list.open(source))
            outputs = desk.clean_list.default_outputs(plan)
            desk.clean_list.clean(plan, outputs, by="Ana", now=at, overwrite=True)
            cleaned_at = step
    assert cleaned_at is not None
    newly = sum(p.barred(len(acts) + 1) and not p.barred(cleaned_at) for p in people.values())
    assert only(desk).opted_out_since == newly
    desk.close()


# -- whose file is this


def test_an_unknown_file_is_not_recognised(desk: Desk, file: Path, tmp_path: Path) -> None:
    assert desk.cleaned_lists.recognise(file) is None
    clean(desk, file)
    other = tmp_path / "other.csv"
    other.write_text(ROWS.replace("Jane", "June"))  # of the same size
    assert desk.cleaned_lists.recognise(other) is None
    assert desk.cleaned_lists.recognise(tmp_path / "nowhere.csv") is None


def test_a_file_of_an_unknown_size_is_not_even_read(
    desk: Desk, file: Path, tmp_path: Path, monkeypatch
) -> None:
    clean(desk, file)
    other = tmp_path / "other.csv"
    other.write_text(f"{ROWS}Eve,eve@example.com\n")
    monkeypatch.setattr(KnownFiles, "sha256", lambda *_: pytest.fail("it was read"))
    assert desk.cleaned_lists.recognise(other) is None


def test_a_clean_list_is_recognised_wherever_it_lies(desk: Desk, file: Path, tmp_path: Path) -> None:
    record = clean(desk, file)
    moved = tmp_path / "Desktop" / "for-mailchimp.csv"
    moved.parent.mkdir()
    shutil.copy(record.output_path, moved)
    opt_out(desk, "bob@example.com")
    known = desk.cleaned_lists.recognise(moved)
    assert (known.known_as, known.cleaned.record.id) == (KnownAs.CLEAN, record.id)
    assert known.cleaned.opted_out_since == 1


def test_an_original_and_the_removed_rows_are_recognised(desk: Desk, file: Path) -> None:
    opt_out(desk, "jane@example.com")
    record = clean(desk, file)
    assert desk.cleaned_lists.recognise(file).known_as is KnownAs.ORIGINAL
    assert desk.cleaned_lists.recognise(record.removed_path).known_as is KnownAs.REMOVED
    assert desk.cleaned_lists.recognise(record.output_path).known_as is KnownAs.CLEAN


def test_where_nothing_was_removed_the_place_tells_which_it_is(
    desk: Desk, file: Path, tmp_path: Path
) -> None:
    record = clean(desk, file)
    assert record.input_sha256 == record.output_sha256
    assert desk.cleaned_lists.recognise(file).known_as is KnownAs.ORIGINAL
    assert desk.cleaned_lists.recognise(record.output_path).known_as is KnownAs.CLEAN
    copy = tmp_path / "copy.csv"
    shutil.copy(file, copy)
    assert desk.cleaned_lists.recognise(copy).known_as is KnownAs.CLEAN


def test_name_and_place_of_a_clean_list_with_other_content_is_altered(desk: Desk, file: Path) -> None:
    record = clean(desk, file)
    record.output_path.write_text(ROWS.replace("Jane", "Janet"))
    assert desk.cleaned_lists.recognise(record.output_path).known_as is KnownAs.ALTERED


def test_an_original_that_was_changed_is_a_new_list(desk: Desk, file: Path) -> None:
    clean(desk, file)
    file.write_text(f"{ROWS}Eve,eve@example.com\n")
    assert desk.cleaned_lists.recognise(file) is None


def test_the_newest_clean_of_a_file_is_the_one_that_counts(desk: Desk, file: Path) -> None:
    clean(desk, file)
    opt_out(desk, "jane@example.com")
    last = clean(desk, file)
    known = desk.cleaned_lists.recognise(file)
    assert known.cleaned.record.id == last.id
    assert known.cleaned.standing is Standing.SAFE


# -- cleaning again


def test_cleaning_again_takes_the_same_settings_and_the_same_names(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "Name,Private,Work\nJane,jane@example.com,jane@work.example\nBob,bob@example.com,bob@work.example\n"
        "Bob,bob@example.com,bob@work.example\nOps,ops@rival.example,\n"
    )
    opt_out(desk, "x@elsewhere.example", scope="Newsletter")
    rules = Rules(keep_duplicates=True, drop_address_only=True)
    plan = Plan(desk.clean_list.open(file, columns=("Work",)), "Newsletter", rules)
    outputs = Outputs(tmp_path / "out" / "for-us.csv", tmp_path / "out" / "gone.csv")
    outputs.clean.parent.mkdir()
    before, _, _ = desk.clean_list.clean(plan, outputs, by="Ana", now=NOW)
    opt_out(desk, "bob@work.example", scope="Newsletter")
    outcome = again(desk, before)
    record = outcome.record
    assert (record.columns, record.scope, record.rules) == (before.columns, "Newsletter", before.rules)
    assert (record.output_path, record.removed_path) == (outputs.clean, outputs.removed)
    assert (outcome.more_removed, outcome.from_original, record.kept) == (2, True, before.kept - 2)
    assert record.by == "Ben"
    assert "bob@work.example" not in outputs.clean.read_text()
    assert only(desk).standing is Standing.SAFE


def test_a_sheet_and_hidden_rows_are_treated_as_before(desk: Desk, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Readme"
    sheet = book.create_sheet("Customers")
    for row in (["E-mail"], ["jane@example.com"], ["bob@example.com"], ["ops@rival.example"]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    book.save(tmp_path / "book.xlsx")
    before = clean(desk, tmp_path / "book.xlsx", rules=Rules(hidden=HiddenRows.LEAVE_OUT), sheet="Customers")
    assert before.kept == 2
    opt_out(desk, "jane@example.com")
    record = again(desk, before).record
    assert (record.sheet, record.kept, record.rules["hidden"]) == ("Customers", 1, "leave-out")


def test_a_list_without_a_header_stays_one(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "plain.csv"
    file.write_text("jane@example.com\nbob@example.com\n")
    before = clean(desk, file, header=False)
    opt_out(desk, "bob@example.com")
    outcome = again(desk, before)
    assert (outcome.record.rows, outcome.record.kept) == (2, 1)


def test_a_header_that_she_corrected_stays_corrected(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text("Jane,jane@example.com\nBob,bob@example.com\n")
    guess = desk.clean_list.open(file).layout.header_row
    before = clean(desk, file, header=guess is None, columns=("B",))
    outcome = again(desk, before)
    assert (outcome.record.rows, outcome.record.columns) == (before.rows, before.columns)


def test_an_original_that_was_changed_has_to_be_looked_at(desk: Desk, file: Path) -> None:
    before = clean(desk, file)
    content = before.output_path.read_bytes()
    file.write_text("Nom,Courriel\nJane,jane@example.com\n")
    with pytest.raises(LookFirstError) as refused:
        again(desk, before)
    assert refused.value.path == file
    assert before.output_path.read_bytes() == content
    assert len(desk.store.cleans()) == 1


def test_where_the_original_is_gone_the_clean_list_itself_is_cleaned(desk: Desk, file: Path) -> None:
    before = clean(desk, file)
    file.unlink()
    opt_out(desk, "bob@example.com")
    outcome = again(desk, before)
    assert (outcome.from_original, outcome.more_removed) == (False, 1)
    assert outcome.record.input_path == before.output_path
    assert outcome.record.output_path == before.output_path.with_name("newsletter-clean-2.csv")
    assert "bob@example.com" in before.output_path.read_text(), "the file that was cleaned is never changed"
    assert "bob@example.com" not in outcome.record.output_path.read_text()
    assert only(desk).record.id == outcome.record.id, "it takes the place of the list it was made from"


def test_where_both_are_gone_that_is_said_in_one_sentence(desk: Desk, file: Path) -> None:
    before = clean(desk, file)
    file.unlink()
    before.output_path.unlink()
    with pytest.raises(UserError) as refused:
        again(desk, before)
    assert "Neither newsletter.csv nor newsletter-clean.csv is where it was." in str(refused.value)


def test_where_the_original_is_gone_an_altered_clean_list_has_to_be_looked_at(desk: Desk, file: Path) -> None:
    before = clean(desk, file)
    file.unlink()
    before.output_path.write_text(ROWS.replace("Jane", "Janet"))
    with pytest.raises(LookFirstError) as refused:
        again(desk, before)
    assert refused.value.path == before.output_path


@pytest.mark.parametrize("which", ["output_path", "removed_path"])
def test_what_somebody_else_wrote_there_is_never_replaced(desk: Desk, file: Path, which: str) -> None:
    opt_out(desk, "jane@example.com")
    before = clean(desk, file)
    theirs: Path = getattr(before, which)
    theirs.write_text("hers\n")
    opt_out(desk, "bob@example.com")
    record = again(desk, before).record
    assert theirs.read_text() == "hers\n"
    assert record.output_path.name == "newsletter-clean-2.csv"
    assert record.removed_path.name == "newsletter-removed-2.csv"


def test_a_free_name_is_free_for_both_files(desk: Desk, file: Path, tmp_path: Path) -> None:
    before = clean(desk, file)
    before.output_path.write_text("hers\n")
    (tmp_path / "newsletter-removed-2.csv").write_text("hers too\n")
    record = again(desk, before).record
    assert (record.output_path.name, record.removed_path.name) == (
        "newsletter-clean-3.csv",
        "newsletter-removed-3.csv",
    )


def test_a_clean_list_that_was_moved_is_written_again_in_its_place(desk: Desk, file: Path) -> None:
    before = clean(desk, file)
    before.output_path.unlink()
    record = again(desk, before).record
    assert record.output_path == before.output_path
    assert record.output_path.exists()


def test_a_folder_that_is_gone_is_replaced_by_the_lists_own(desk: Desk, file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    before = clean(desk, file, Outputs(folder / "for-us.csv", folder / "gone.csv"))
    shutil.rmtree(folder)
    record = again(desk, before).record
    assert record.output_path == tmp_path / "for-us.csv"


def test_more_may_be_kept_than_before(desk: Desk, file: Path) -> None:
    opt_out(desk, "jane@example.com")
    before = clean(desk, file)
    agree(desk, "jane@example.com")
    assert again(desk, before).more_removed == -1


def test_cancelling_leaves_everything_as_it_was(desk: Desk, file: Path) -> None:
    before = clean(desk, file)
    content = before.output_path.read_bytes()
    opt_out(desk, "bob@example.com")

    def stop(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        again(desk, before, progress=stop)
    assert before.output_path.read_bytes() == content
    assert len(desk.store.cleans()) == 1
    assert replace(only(desk).record, id=0) == replace(before, id=0)
