"""Measures the real topology on this machine, against baselines of the same run: `python -m bench`."""
