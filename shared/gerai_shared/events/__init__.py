"""Events: past facts with a version, in CloudEvents 1.0 envelopes."""
