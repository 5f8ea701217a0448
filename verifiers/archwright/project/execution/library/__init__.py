"""What builtins, the standard library and a few packages do to values."""
