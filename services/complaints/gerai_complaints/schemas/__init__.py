"""What crosses the borders of the complaints service, one module a capability."""
