"""Analytics drivers: each reads and writes one concern of the database."""
