-- The peer of an import: the sqlite3 shell's own .import, then one sorted INSERT..SELECT of the same columns.
-- Run in a folder with requests.csv; the script that runs it puts the table and, or not, its indexes in front.
.mode csv
CREATE TEMP TABLE raw (id, kind, "key", given, scope, received_at, received_day, "precision", zone, channel, note, "by",
  recorded_at, due, policy, counting, name, platform, batch_id);
.import requests.csv raw
BEGIN;
INSERT INTO request SELECT NULL, kind, "key", given, scope, received_at, received_day, "precision", zone, channel, note,
  "by", recorded_at, due, policy, counting, name, platform, NULL FROM raw ORDER BY kind, "key", received_at;
COMMIT;
