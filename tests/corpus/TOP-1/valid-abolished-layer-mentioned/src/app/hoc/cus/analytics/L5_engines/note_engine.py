"""Replaces L3_adapters."""
TEXT = "L3_adapters"
