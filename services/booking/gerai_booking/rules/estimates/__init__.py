"""How long somebody will wait: learned durations, a simulated queue, an interval, a sentence."""
