"""What Qt's models take for the parent of a row where none is named."""

from PySide6.QtCore import QModelIndex

NO_PARENT = QModelIndex()
"""The root: every row of a table is below it, and nothing below a row."""
