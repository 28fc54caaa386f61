"""For which list will this be mailed? The name is checked, for a slip in it would mail people who left that list."""

from optoutdesk.domain.errors import UsageError
from optoutdesk.domain.requests import ALL_MAIL, same_list, scope_name
from optoutdesk.store import Store

_CLOSE = 0.75


def choose_target(store: Store, text: str | None) -> str | None:
    """Return the known spelling of a list's name; None for any mail.

    A name nobody has left is allowed: then only those are barred who left all mail. One that is nearly a known
    name is taken for a slip: UsageError.
    """
    name = scope_name(text or "")
    if name == ALL_MAIL:
        return None
    known = store.scopes()
    for scope in known:
        if same_list(scope) == same_list(name):
            return scope
    from difflib import get_close_matches

    close = get_close_matches(same_list(name), map(same_list, known), n=1, cutoff=_CLOSE)
    if close:
        meant = next(scope for scope in known if same_list(scope) == close[0])
        raise UsageError(f"No opt-out names a list “{name}”. If you meant “{meant}”, write it like that.")
    return name
