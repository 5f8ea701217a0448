"""The contract language: architecture as data, read from YAML with every error at its file, line and column.

``language`` holds the vocabulary verifiers build on, ``loader`` reads a project's contracts, ``schema``
publishes the language as JSON Schema.
"""
