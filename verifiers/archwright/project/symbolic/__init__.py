"""Symbolic execution: which keys and constants a value has when a call is reached."""
