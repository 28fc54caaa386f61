"""Opt-Out Desk: one suppression list, clean contact lists, and the proof."""

__version__ = "0.1.0"
