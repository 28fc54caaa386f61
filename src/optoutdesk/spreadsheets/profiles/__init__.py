"""Where a file comes from: the exports of mail platforms, recognised by their header, and what their rows say.

All that is known of a platform stands in resources/esp/profiles.json; this is the engine. Nothing here opens a file
or writes one, and nothing in a file ever makes a person mailable: a row is an opt-out, or it is left out, with why.
"""

from optoutdesk.spreadsheets.profiles.columns import FieldMap, guess_mapping, mapping_for
from optoutdesk.spreadsheets.profiles.data import (
    GENERIC,
    Confidence,
    Covers,
    Field,
    Means,
    Pattern,
    People,
    Platform,
    Profile,
    Signature,
    Standing,
    Upload,
    UploadColumn,
    Verified,
    Zone,
    load_platforms,
    load_profiles,
    stated_opted_out,
)
from optoutdesk.spreadsheets.profiles.recognising import Recognition, recognise
from optoutdesk.spreadsheets.profiles.rows import Verdict, domain_of_pattern, judge, rows_of_interest

__all__ = [
    "GENERIC",
    "Confidence",
    "Covers",
    "Field",
    "FieldMap",
    "Means",
    "Pattern",
    "People",
    "Platform",
    "Profile",
    "Recognition",
    "Signature",
    "Standing",
    "Upload",
    "UploadColumn",
    "Verdict",
    "Verified",
    "Zone",
    "domain_of_pattern",
    "guess_mapping",
    "judge",
    "load_platforms",
    "load_profiles",
    "mapping_for",
    "recognise",
    "rows_of_interest",
    "stated_opted_out",
]
