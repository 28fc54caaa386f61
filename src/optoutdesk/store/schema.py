"""The tables as they are in the present version, and the triggers that make them append-only."""

from typing import Any

from peewee import BlobField, CompositeKey, ForeignKeyField, IntegerField, Model, SqliteDatabase, TextField

APPLICATION_ID = 0x4F4F4431
"""PRAGMA application_id: marks the file as ours ("OOD1")."""

SCHEMA_MAJOR = 1
"""An older program refuses a file with a higher major version; a higher minor version it can read."""
SCHEMA_MINOR = 0
VERSION_STEP = 1000
SCHEMA_VERSION = SCHEMA_MAJOR * VERSION_STEP + SCHEMA_MINOR
"""What stands in PRAGMA user_version."""


class _Table(Model):
    """Bound to no database: each query names the one it runs on, so that two can be open at once."""

    class Meta:
        strict_tables = True
        legacy_table_names = False


class Ledger(_Table):
    """One row an act; see domain.ledger.Entry."""

    seq = IntegerField(primary_key=True)
    at = TextField()
    by = TextField()
    act = TextField()
    spans = TextField()
    digests = BlobField()
    previous = BlobField()
    hash = BlobField()


class Batch(_Table):
    """One import: the file, how it was read, and what it came to."""

    id = IntegerField(primary_key=True)
    at = TextField()
    by = TextField()
    source_name = TextField()
    source_path = TextField()
    source_size = IntegerField()
    source_sha256 = TextField()
    profile_name = TextField()
    settings = TextField()
    row_count = IntegerField()
    imported = IntegerField()
    already_known = IntegerField()
    review = IntegerField()
    skipped = IntegerField()
    overdue = IntegerField()
    requests = IntegerField()
    first_request = IntegerField()
    origin = TextField()


class Request(_Table):
    """An opt-out request as recorded. Instants are ISO 8601 UTC to the second, days ISO 8601."""

    id = IntegerField(primary_key=True)
    kind = TextField()
    key = TextField()
    given = TextField()
    scope = TextField()
    received_at = TextField()
    received_day = TextField()
    precision = TextField()
    zone = TextField()
    channel = TextField()
    note = TextField()
    by = TextField()
    recorded_at = TextField()
    due = TextField()
    policy = TextField()
    counting = TextField()
    name = TextField()
    platform = TextField()
    batch = ForeignKeyField(Batch, null=True, index=False)

    class Meta:
        indexes = (
            (("kind", "key"), False),  # what is known of one address
            (
                ("kind", "received_day", "channel", "scope", "key"),
                False,
            ),  # all that is barred, by its grounds
            (
                ("received_at", "id", "key", "channel", "scope"),
                False,
            ),  # the register's order, with all it is filtered by: no row is fetched to be passed over
        )


class Also(_Table):
    """An import brought the very same request again: it stays when the import that brought it first is undone."""

    id = IntegerField(primary_key=True)
    batch = ForeignKeyField(Batch)
    request = ForeignKeyField(Request)


class Undo(_Table):
    """An import was undone."""

    id = IntegerField(primary_key=True)
    batch = ForeignKeyField(Batch, unique=True)
    at = TextField()
    by = TextField()


class Withdrawn(_Table):
    """A request is no longer in force, because an import was undone."""

    id = IntegerField(primary_key=True)
    request = ForeignKeyField(Request, unique=True)
    undo = ForeignKeyField(Undo, index=False)


class OptIn(_Table):
    """Consent given again after an opt-out."""

    id = IntegerField(primary_key=True)
    kind = TextField()
    key = TextField(index=True)
    scope = TextField()
    at = TextField()
    by = TextField()
    evidence = TextField()
    recorded_at = TextField()
    who = TextField()
    how = TextField()


class Platform(_Table):
    """A place that keeps or mails people."""

    id = IntegerField(primary_key=True)
    name = TextField()
    known = TextField()
    since = TextField()
    by = TextField()
    added_at = TextField()
    after_request = IntegerField()


class Retired(_Table):
    """Nobody is kept at a platform any more."""

    id = IntegerField(primary_key=True)
    platform = ForeignKeyField(Platform, unique=True)
    at = TextField()
    by = TextField()


class Verification(_Table):
    """A comparison with a platform's own export."""

    id = IntegerField(primary_key=True)
    platform = ForeignKeyField(Platform)
    at = TextField()
    by = TextField()
    source_name = TextField()
    source_path = TextField()
    source_size = IntegerField()
    source_sha256 = TextField()
    profile_name = TextField()
    row_count = IntegerField()
    active = IntegerField()
    opted_out = IntegerField()
    agree = IntegerField()
    still_active = IntegerField()
    unknown_here = IntegerField()
    verified = IntegerField()


class Task(_Table):
    """Something that happened to a request at a platform; the last row of the two counts."""

    id = IntegerField(primary_key=True)
    request = ForeignKeyField(Request, index=False)
    platform = ForeignKeyField(Platform, index=False)
    state = TextField()
    at = TextField()
    by = TextField()
    recorded_at = TextField()
    verification = ForeignKeyField(Verification, null=True, index=False)

    class Meta:
        indexes = ((("request_id", "platform_id"), False),)


class Assigned(_Table):
    """Who works on a request; the last row counts, "" is nobody."""

    id = IntegerField(primary_key=True)
    request = ForeignKeyField(Request)
    person = TextField()
    at = TextField()
    by = TextField()


class Acknowledged(_Table):
    """The person was told that the request is honored."""

    id = IntegerField(primary_key=True)
    request = ForeignKeyField(Request)
    at = TextField()
    by = TextField()
    template = TextField()
    address = TextField()


class Evidence(_Table):
    """A file that shows what happened; it lies beside the database under its SHA-256."""

    id = IntegerField(primary_key=True)
    request = ForeignKeyField(Request)
    opt_in = ForeignKeyField(OptIn, null=True, index=False)
    name = TextField()
    size = IntegerField()
    sha256 = TextField()
    media = TextField()
    at = TextField()
    by = TextField()
    sender = TextField()
    subject = TextField()
    message_id = TextField()
    sent_at = TextField(null=True)


class Setting(_Table):
    """A setting that decides due dates was changed."""

    id = IntegerField(primary_key=True)
    at = TextField()
    by = TextField()
    name = TextField()
    before = TextField()
    after = TextField()
    would_change = IntegerField()


class Done(_Table):
    """A request was done wherever the business mails from; once more when it was open again. The last row counts."""

    id = IntegerField(primary_key=True)
    request = ForeignKeyField(Request)
    at = TextField()
    by = TextField()
    recorded_at = TextField()
    late = IntegerField(index=True)


class Clean(_Table):
    """One cleaned list, with all a cleaning certificate will need."""

    id = IntegerField(primary_key=True)
    at = TextField()
    by = TextField()
    scope = TextField(null=True)
    input_name = TextField()
    input_path = TextField()
    input_size = IntegerField()
    input_sha256 = TextField()
    sheet = TextField(null=True)
    columns = TextField()
    rules = TextField()
    row_count = IntegerField()
    kept = IntegerField()
    reasons = TextField()
    trimmed = IntegerField()
    output_name = TextField()
    output_path = TextField()
    output_size = IntegerField()
    output_sha256 = TextField()
    removed_path = TextField()
    removed_size = IntegerField()
    removed_sha256 = TextField()
    suppressed_addresses = IntegerField()
    suppressed_domains = IntegerField()
    against_entry = IntegerField()
    against_head = TextField()


class OpenRequest(_Table):
    """Which requests are still open. Derived from the tables above, so that a million closed ones cost nothing."""

    request = ForeignKeyField(Request, primary_key=True)
    due = TextField(index=True)


class OpenTask(_Table):
    """Where an open request is still to be done. Derived, as open_request is."""

    platform = ForeignKeyField(Platform, index=False)
    request = ForeignKeyField(Request)

    class Meta:
        primary_key = CompositeKey("platform", "request")
        without_rowid = True


class Reminded(_Table):
    """What was said of a request, so that it is said once. No act of a person: the ledger does not cover it."""

    request = ForeignKeyField(Request, index=False)
    step = TextField()
    at = TextField()

    class Meta:
        primary_key = CompositeKey("request", "step")
        without_rowid = True


class Snoozed(_Table):
    """Until when she wants no reminder; one row at most."""

    id = IntegerField(primary_key=True)
    until = TextField()


COVERED: dict[str, type[Model]] = {
    "batch": Batch,
    "request": Request,
    "also": Also,
    "opt_in": OptIn,
    "done": Done,
    "clean": Clean,
    "undo": Undo,
    "withdrawn": Withdrawn,
    "platform": Platform,
    "retired": Retired,
    "verification": Verification,
    "task": Task,
    "assigned": Assigned,
    "acknowledged": Acknowledged,
    "evidence": Evidence,
    "setting": Setting,
}
"""The tables whose rows the ledger covers, by their names in it."""

TABLES: tuple[type[Model], ...] = (Ledger, *COVERED.values(), OpenRequest, OpenTask, Reminded, Snoozed)
APPEND_ONLY = ("ledger", *COVERED)


def create(database: SqliteDatabase) -> None:
    """Create the present schema in an empty database, inside the caller's transaction."""
    with database.bind_ctx(TABLES):
        database.create_tables(TABLES, safe=False)
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            database.execute_sql(trigger_sql(table, act))  # type: ignore[no-untyped-call]


def trigger_sql(table: str, act: str) -> str:
    """Return the statement that forbids an act on a table."""
    return (
        f'CREATE TRIGGER "{table}_no_{act.lower()}" BEFORE {act} ON "{table}" '
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def covered_columns(model: type[Model]) -> list[str]:
    """Return a covered table's columns without the id, in the order in which they are digested."""
    meta: Any = model._meta  # noqa: SLF001 - peewee's documented name for it
    return [field.column_name for field in meta.sorted_fields if not field.primary_key]
