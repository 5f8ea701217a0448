"""Functions that serve requests: what they are given, and which moment and whose identity their values are."""
