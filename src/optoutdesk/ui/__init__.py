"""What is seen: the window, its screens and its dialogs."""
