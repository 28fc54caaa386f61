"""Text that comes from files, made fit to be printed."""


def plain(text: str) -> str:
    """Return text that is one line and commands no terminal, whatever stands in a file's name or its cells."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
