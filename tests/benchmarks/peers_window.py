"""The peer of the window: a bare PySide6 window with a table, gone after its first paint."""

import sys

from first_paint import leave_after_first_paint
from PySide6.QtWidgets import QApplication, QMainWindow, QTableWidget, QTableWidgetItem

app = QApplication(sys.argv)
window = QMainWindow()
window.setWindowTitle("Table")
table = QTableWidget(20, 6)
for row in range(20):
    for column in range(6):
        table.setItem(row, column, QTableWidgetItem(f"cell {row}, {column}"))
window.setCentralWidget(table)
window.resize(1280, 800)
leave_after_first_paint(app)
window.show()
app.exec()
