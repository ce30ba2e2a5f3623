"""Decisions without input or output; standard library only."""
