"""Decisions without storage or network: the life of a complaint, its due date, its number."""
