"""One function a use case, one transaction each: load, refuse, change, record."""
