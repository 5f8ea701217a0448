"""Runs the contracts of a project over its code, and turns what the verifiers find into one verdict."""
