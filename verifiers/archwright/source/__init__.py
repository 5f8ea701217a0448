"""Which files there are, what modules they are, and what they contain: on disk or changed in memory."""
