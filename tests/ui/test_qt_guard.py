"""PySide6 6.12.0 loses a reference to None at nearly every call that returns nothing, and dies after some thousand."""

import sys

from PySide6.QtWidgets import QApplication, QLabel


def test_calls_that_return_nothing_do_not_eat_none(qapp: QApplication) -> None:
    label = QLabel()
    before = sys.getrefcount(None)
    for number in range(2000):
        label.setText(str(number))
    assert sys.getrefcount(None) > before - 200
