"""Passwords that are hashed quickly: the slowness that stops guessing proves nothing in a test."""

from argon2 import PasswordHasher
from gerai_shared import accounts


def hash_quickly() -> None:
    """Have this process hash with the least cost that argon2 has; hashes of any cost are still verified."""
    accounts.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
