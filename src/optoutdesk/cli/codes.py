"""The exit codes, which scripts rely on."""

DONE, COULD_NOT, WRONG_USE, SUPPRESSED = 0, 1, 2, 10
DUE_NOW = 10
"""Of `remind`: something is due."""
