"""Tests of Gerai, in the stages of `tools/test_all.py`."""
