"""What can be done with complaints; each function is one use case in the caller's transaction."""
