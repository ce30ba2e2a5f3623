"""Webhooks: what happens in the mall, told to other systems that asked for it."""
