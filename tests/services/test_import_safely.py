"""An import is shown before it is done, done whole or not at all, and never on stale figures; no row gets lost in it."""

import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from optoutdesk.desk import Desk
from optoutdesk.domain.errors import Cancelled, ListChangedError, UserError
from optoutdesk.domain.importing import Outcome, Shown
from optoutdesk.domain.requests import Kind
from optoutdesk.services.import_optouts import Options, Preview
from optoutdesk.spreadsheets.profiles import Field

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
MANY = 12_000
"""Rows: more than are written, compared and read at once."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lists" / "unsubscribed.csv"
    path.parent.mkdir()
    path.write_text("E-mail\njane@example.com\nkim@example.com\nlee@example.com\n", encoding="utf-8")
    return path


@pytest.fixture
def many(tmp_path: Path) -> Path:
    path = tmp_path / "many.csv"
    path.write_text("E-mail\n" + "".join(f"person-{n}@example.com\n" for n in range(MANY)), encoding="utf-8")
    return path


def preview(desk: Desk, path: Path, options: Options | None = None, **how) -> Preview:
    service = desk.import_optouts
    return service.preview(service.open(path, options, now=NOW), now=NOW, **how)


def run(desk: Desk, seen: Preview, **how):
    return desk.import_optouts.run(seen, by="Ana", now=NOW, **how)[0]


def opt_out(desk: Desk, *addresses: str, scope: str = "all") -> None:
    service = desk.record_optout
    received = service.received(NOW, NOW)
    service.record(service.parse(addresses, scope), received, now=NOW, by="Ana", scope=scope)


def counted(seen: Preview) -> dict[str, int]:
    return {
        shown.value: count for shown, count in seen.counts.by.items() if count and shown.value in set(Outcome)
    }


class CancelAt:
    """Stops the work at its nth report."""

    def __init__(self, at: int) -> None:
        self._left = at

    def __call__(self, done: int, total: int) -> None:
        self._left -= 1
        if self._left < 0:
            raise Cancelled


def reports_of(work: Callable[[Callable[[int, int], None]], object]) -> int:
    """Return how often a work reports its progress."""
    seen: list[tuple[int, int]] = []
    work(lambda done, total: seen.append((done, total)))
    assert all(done >= 0 and total >= 0 for done, total in seen)
    return len(seen)


# -- nothing is half done


def test_a_preview_writes_nothing(desk: Desk, file: Path) -> None:
    with preview(desk, file) as seen:
        assert counted(seen) == {"new": 3}
        assert seen.rows(Shown.NEW)
    assert (desk.store.head(), desk.store.count_requests(), desk.backups.list()) == ("", 0, [])


def test_a_preview_that_is_cancelled_at_any_moment_leaves_nothing(desk: Desk, many: Path) -> None:
    reports = reports_of(lambda progress: preview(desk, many, progress=progress).close())
    assert reports >= 2  # of reading and of comparing
    for at in range(reports):
        with pytest.raises(Cancelled):
            preview(desk, many, progress=CancelAt(at))
    assert (desk.store.head(), desk.store.batches(), desk.store.count_requests()) == ("", [], 0)


@pytest.mark.parametrize("recorded_meanwhile", [False, True], ids=["nothing recorded", "someone recorded"])
def test_an_import_that_is_cancelled_at_any_moment_stores_nothing_and_can_be_run_again(
    desk: Desk, many: Path, recorded_meanwhile: bool
) -> None:
    with preview(desk, many) as seen:
        if recorded_meanwhile:
            opt_out(desk, "somebody-else@example.com")  # it is compared again
        head, before = desk.store.head(), seen.counts
        cancelled = 0
        while True:
            try:
                imported = run(desk, seen, progress=CancelAt(cancelled))
                break
            except Cancelled:
                cancelled += 1
                assert (desk.store.head(), desk.store.batches()) == (head, [])
                assert desk.store.count_requests() == recorded_meanwhile
                assert seen.counts == before
                assert len(seen.rows(Shown.NEW, limit=5)) == 5
    assert cancelled >= 2 + recorded_meanwhile
    assert imported.batch.requests == MANY
    assert desk.store.verify().holds
    assert desk.store.count_open() == MANY + recorded_meanwhile


def test_an_import_that_fails_in_the_middle_stores_nothing(
    desk: Desk, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk went away")

    with preview(desk, file) as seen:
        with monkeypatch.context() as broken:
            broken.setattr("optoutdesk.store.staging.Staging.repeated", fail)
            with pytest.raises(OSError, match="went away"):
                run(desk, seen)
        assert (desk.store.head(), desk.store.batches()) == ("", [])
        assert run(desk, seen).batch.requests == 3
    assert desk.store.verify().holds


# -- nothing is done that was not shown


def test_what_was_recorded_meanwhile_is_counted_again_before_it_is_imported(desk: Desk, file: Path) -> None:
    with preview(desk, file) as seen:
        opt_out(desk, "jane@example.com")
        with pytest.raises(ListChangedError):
            run(desk, seen)
        assert counted(seen) == {"new": 2, "already-known": 1}
        assert [row.key for row in seen.rows(Shown.KNOWN)] == ["jane@example.com"]
        assert [row.key for row in seen.rows(Shown.NEW)] == ["kim@example.com", "lee@example.com"]
        assert desk.store.batches() == []
        imported = run(desk, seen)
    assert (imported.batch.imported, imported.batch.already_known) == (2, 1)
    assert desk.store.verify().holds


def test_the_very_same_request_imported_meanwhile_is_not_stored_twice(desk: Desk, file: Path) -> None:
    with preview(desk, file) as seen, preview(desk, file) as other:
        assert run(desk, other).batch.requests == 3
        with pytest.raises(ListChangedError):
            run(desk, seen)
        assert run(desk, seen).batch.requests == 0
    assert desk.store.count_requests() == 3
    assert desk.store.verify().holds


def test_what_is_recorded_meanwhile_about_others_does_not_stand_in_the_way(desk: Desk, file: Path) -> None:
    with preview(desk, file) as seen:
        opt_out(desk, "somebody-else@example.com")
        assert run(desk, seen).batch.imported == 3


def test_an_import_is_not_run_a_second_time_by_the_same_preview(desk: Desk, file: Path) -> None:
    with preview(desk, file) as seen:
        run(desk, seen)
        with pytest.raises(ListChangedError):
            run(desk, seen)
        assert counted(seen) == {"already-known": 3}


def test_two_previews_at_once_each_show_their_own(desk: Desk, file: Path, many: Path) -> None:
    with preview(desk, file) as few, preview(desk, many) as lots:
        assert counted(few) == {"new": 3}
        assert counted(lots) == {"new": MANY}
        assert run(desk, few).batch.imported == 3
        assert run(desk, lots).batch.imported == MANY
    assert desk.store.count_requests() == MANY + 3


def test_a_preview_is_used_from_another_thread_than_it_was_made_in(desk: Desk, file: Path) -> None:
    made: list[object] = []

    def in_a_thread(work: Callable[[], object]) -> object:
        def guarded() -> None:
            try:
                made.append(work())
            except BaseException as error:  # noqa: BLE001 - told by the assertion
                made.append(error)
            finally:
                desk.close()  # each thread closes its own connection

        thread = threading.Thread(target=guarded)
        thread.start()
        thread.join()
        return made.pop()

    seen = in_a_thread(lambda: preview(desk, file))
    assert isinstance(seen, Preview)
    assert len(seen.rows(Shown.NEW)) == 3
    opt_out(desk, "jane@example.com")
    assert isinstance(in_a_thread(lambda: run(desk, seen)), ListChangedError)
    assert len(seen.rows(Shown.NEW)) == 2
    assert in_a_thread(lambda: run(desk, seen).batch.imported) == 2
    in_a_thread(seen.close)
    assert desk.store.verify().holds


def test_an_undo_does_only_what_was_shown(desk: Desk, file: Path) -> None:
    with preview(desk, file) as seen:
        batch = run(desk, seen).batch
    plan = desk.undo_import.plan(batch.id)
    assert (plan.withdrawn, plan.kept) == (3, ())
    desk.due_requests.mark_done([r.id for r in desk.store.open_requests(1)], now=NOW, by="Ana")
    head = desk.store.head()
    with pytest.raises(ListChangedError):
        desk.undo_import.undo(batch.id, by="Ana", now=NOW, expected=plan)
    assert desk.store.head() == head
    again = desk.undo_import.plan(batch.id)
    assert (again.withdrawn, again.kept_count, [kept.request.key for kept in again.kept]) == (
        2,
        1,
        ["jane@example.com"],
    )
    desk.undo_import.undo(batch.id, by="Ana", now=NOW, expected=again)
    assert set(desk.store.suppression_list(None)[0].addresses) == {"jane@example.com"}
    with pytest.raises(UserError, match="undone already"):
        desk.undo_import.plan(batch.id)


# -- no row gets lost


STATUS = Options(profile="generic", header=True, mapping={0: Field.ADDRESS, 1: Field.STATUS, 2: None})


def table(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "status.csv"
    path.write_text("\n".join(["E-mail,Status,Note", *lines, ""]), encoding="utf-8")
    return path


def test_each_person_of_a_subscribed_row_may_be_a_conflict(desk: Desk, tmp_path: Path) -> None:
    opt_out(desk, "jane@example.com")
    path = table(tmp_path, "kim@example.com; jane@example.com,subscribed,", "kim@example.com,subscribed,")
    with preview(desk, path, STATUS) as seen:
        assert counted(seen) == {"conflict": 1, "active": 1}
        assert [(row.row, row.key) for row in seen.rows(Shown.CONFLICT)] == [(2, "jane@example.com")]


def test_a_row_of_someone_active_that_swallowed_others_goes_to_review(desk: Desk, tmp_path: Path) -> None:
    path = table(
        tmp_path,
        'kim@example.com,subscribed,"from',
        'jane@example.com,unsubscribed,"',
        "lee@example.com,unsubscribed,",
    )
    with preview(desk, path, STATUS) as seen:
        assert counted(seen) == {"review": 1, "new": 1}


@pytest.mark.parametrize("status", ["subscribed", "unsubscribed"])
def test_a_row_with_an_address_beyond_the_header_goes_to_review(
    desk: Desk, tmp_path: Path, status: str
) -> None:
    others = [f"p{n}@example.com,unsubscribed," for n in range(500)]
    path = table(tmp_path, *others, f"kim@example.com,{status},,jane@example.com,unsubscribed,")
    with preview(desk, path, STATUS) as seen:
        assert counted(seen) == {"review": 1, "new": 500}
        assert [(row.row, row.given) for row in seen.rows(Shown.REVIEW)][-1] == (502, "jane@example.com")


def test_a_column_beyond_the_header_that_she_leaves_out_is_not_looked_at(desk: Desk, tmp_path: Path) -> None:
    path = table(tmp_path, *(f"p{n}@example.com,unsubscribed,,boss@shop.example" for n in range(30)))
    options = Options(profile="generic", header=True, mapping={0: Field.ADDRESS, 1: Field.STATUS, 3: None})
    with preview(desk, path, options) as seen:
        assert counted(seen) == {"new": 30}


def test_somebody_above_the_header_is_accounted_for(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Opt-outs of May\njane@example.com,2026-11-01\nE-mail,Date\nkim@example.com,2026-11-02\n")
    with preview(desk, path) as seen:
        assert counted(seen) == {"review": 1, "new": 1}
        [row] = seen.rows(Shown.REVIEW)
        assert (row.row, row.given, row.reason) == (2, "jane@example.com", "above the header")
        [mend] = desk.import_optouts.save_rows_to_mend(seen, tmp_path / "mend.csv")
    assert "jane@example.com" in mend.read_text("utf-8-sig")


@pytest.mark.parametrize("cell", ["News, Offers", "News; Offers", "News|Offers", '"News\nOffers"'])
def test_whoever_left_several_lists_in_one_cell_is_mailed_by_none_of_them(
    desk: Desk, tmp_path: Path, cell: str
) -> None:
    path = tmp_path / "list.csv"
    quoted = cell if cell.startswith('"') else f'"{cell}"'
    path.write_text(f"E-mail,List\njane@example.com,{quoted}\nkim@example.com,Other\n")
    with preview(desk, path) as seen:
        desk.import_optouts.run(seen, by="Ana", now=NOW)
    whole = " ".join(cell.strip('"').split())
    for target in ("News", "Offers", whole):
        listed, _ = desk.store.suppression_list(target)
        assert set(listed.addresses) == {"jane@example.com"}, target


@pytest.mark.parametrize("cell", ["All lists", "all e-mails", "Global", "News, all", "long " * 500])
def test_whoever_left_all_lists_is_mailed_by_none(desk: Desk, tmp_path: Path, cell: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f'E-mail,List\njane@example.com,"{cell}"\nkim@example.com,News\n')
    with preview(desk, path) as seen:
        desk.import_optouts.run(seen, by="Ana", now=NOW)
    assert set(desk.store.suppression_list("Offers")[0].addresses) == {"jane@example.com"}


@pytest.mark.parametrize("broken", ["x" * 300 + "@example.com", "jane\uff20exam ple"])
def test_a_broken_address_beside_a_good_one_is_no_note(desk: Desk, tmp_path: Path, broken: str) -> None:
    path = tmp_path / "two.csv"
    path.write_text(
        f"E-mail,E-mail 2\nkim@example.com,{broken}\nlee@example.com,call Lee\n", encoding="utf-8"
    )
    options = Options(profile="generic", header=True, mapping={0: Field.ADDRESS, 1: Field.ADDRESS})
    with preview(desk, path, options) as seen:
        assert counted(seen) == {"not-an-address": 1, "new": 1}
        assert {row.row for row in seen.rows(Shown.NOT_AN_ADDRESS)} == {2}


def test_a_list_of_a_zip_that_she_leaves_out_brings_nobody_in(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.csv", "E-mail\njane@example.com\n")
        archive.writestr("two.csv", "E-mail\nkim@example.com\n")
    service = desk.import_optouts
    source = service.open(path, {"two.csv": Options(take=False)}, now=NOW)
    with service.preview(source, now=NOW) as seen:
        assert [row.key for row in seen.rows(Shown.NEW)] == ["jane@example.com"]
        assert seen.counts.rows == 1
        run(desk, seen)
    assert set(desk.store.suppression_list(None)[0].addresses) == {"jane@example.com"}


def test_someone_who_opted_in_again_is_imported_without_harm(desk: Desk, file: Path) -> None:
    """Her old request goes on record and bars nothing; a file never settles the matter the other way round."""
    opt_out(desk, "jane@example.com")
    [asked] = desk.store.requests_about((Kind.ADDRESS, "jane@example.com"))
    later = NOW.replace(hour=17)
    desk.opt_in_again.record(
        asked, at=later, evidence="form", who="Jane", how="on paper", by="Ana", now=later
    )
    options = Options(received_default=NOW)
    service = desk.import_optouts
    with service.preview(service.open(file, options, now=later), now=later) as seen:
        assert [row.key for row in seen.rows(Shown.KNOWN)] == ["jane@example.com"]
        service.run(seen, by="Ana", now=later)
    assert [
        answer.may_mail for answer in desk.check_address.check(["jane@example.com", "kim@example.com"])
    ] == [
        True,
        False,
    ]
    assert desk.store.verify().holds


# -- who is not meant, and what nobody looked at


def test_her_own_address_in_a_file_goes_to_review(desk: Desk, tmp_path: Path) -> None:
    desk.change_settings(replace(desk.settings, own_addresses=("boss@shop.example",)))
    path = tmp_path / "list.csv"
    path.write_text("E-mail\nboss@shop.example\njane@example.com; Boss@Shop.example\n", encoding="utf-8")
    with preview(desk, path) as seen:
        assert counted(seen) == {"review": 2}
        assert {row.reason for row in seen.rows(Shown.REVIEW)} == {"one of your own addresses"}
        assert seen.counts.requests == 1
        run(desk, seen)
    assert desk.check_address.check(["boss@shop.example"])[0].may_mail
    assert not desk.check_address.check(["jane@example.com"])[0].may_mail


def test_addresses_in_a_column_that_is_not_used_are_counted(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = "jane@example.com,Jane,\nkim@example.com,kim.work@example.org,\nlee@example.com,Lee,said so\n"
    path.write_text(f"E-mail,Account,Reason\n{rows}", encoding="utf-8")
    options = Options(mapping={1: None})
    with preview(desk, path) as seen:
        assert seen.counts.unused == 1
    with preview(desk, path, options) as seen:
        assert seen.counts.unused == 0  # she has said that it is nothing


def test_a_column_of_everything_but_lists_is_refused_as_a_column_of_lists(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "E-mail,List\n" + "".join(f"p{n}@example.com,order {n}\n" for n in range(10_050)), encoding="utf-8"
    )
    with pytest.raises(UserError, match="more than 10,000 different ones"):
        preview(desk, path)


def test_where_nobody_was_shown_the_counts_new_ones_are_as_good(desk: Desk, file: Path) -> None:
    with preview(desk, file) as seen:
        opt_out(desk, "jane@example.com")
        done = run(desk, seen, anew=True)
    assert (done.batch.imported, done.batch.already_known) == (2, 1)
    assert done.counts == seen.counts
