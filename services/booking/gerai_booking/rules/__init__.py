"""Decisions without input or output: the standard library only, every moment is passed in."""
