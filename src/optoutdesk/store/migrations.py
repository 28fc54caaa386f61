"""Brings an older database up to the present schema, one step a version.

A step is a function on a raw connection with its table definitions written out (never the live models), and
its own target version. A backup is made before the first step; foreign keys are checked after the last.
"""

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

Step = Callable[[sqlite3.Connection], None]

STEPS: Mapping[int, tuple[int, Step]] = {}
"""From version -> (to version, step). Empty: there has been one version."""


def pending(
    version: int, target: int, steps: Mapping[int, tuple[int, Step]] = STEPS
) -> list[tuple[int, Step]]:
    """Return the steps from a version to the target; LookupError when the chain does not lead there."""
    path: list[tuple[int, Step]] = []
    while version < target:
        if version not in steps:
            raise LookupError(f"no migration from schema version {version}")
        path.append(steps[version])
        version = steps[version][0]
    return path


def migrate(
    connection: sqlite3.Connection,
    file: Path,
    target: int,
    steps: Mapping[int, tuple[int, Step]] = STEPS,
) -> None:
    """Run all pending steps in one transaction, after a backup beside the file; all or nothing."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    path = pending(version, target, steps)
    if not path:
        return
    backup = file.with_name(f"{file.stem}-before-schema-{target}{file.suffix}")
    backup.unlink(missing_ok=True)
    connection.execute("VACUUM INTO ?", (str(backup),))
    backup.chmod(0o600)
    connection.execute("PRAGMA foreign_keys=OFF")  # rebuilding a parent table must not cascade
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another program may have done it while this one waited.
            path = pending(connection.execute("PRAGMA user_version").fetchone()[0], target, steps)
            for step_target, step in path:
                step(connection)
                connection.execute(f"PRAGMA user_version={step_target:d}")
            _check_foreign_keys(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    finally:
        connection.execute("PRAGMA foreign_keys=ON")


def _check_foreign_keys(connection: sqlite3.Connection) -> None:
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise sqlite3.IntegrityError(f"foreign keys broken by migration: {broken[:3]}")
