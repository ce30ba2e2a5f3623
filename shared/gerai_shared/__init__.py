"""What every service of Gerai stands on. Imports no service."""
