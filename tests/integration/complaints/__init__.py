"""The complaints service on the embedded bus, with SQLite and PostgreSQL."""
