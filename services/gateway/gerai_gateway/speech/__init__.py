"""Calls as sound, made on this machine: a bell, then the sentence."""
