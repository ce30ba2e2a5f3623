"""The desk: what officers see and do over HTTP, as pages and as JSON."""
