"""Layer: banana."""
