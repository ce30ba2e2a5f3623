"""The whole mall on one machine: the only package that may import every service."""
