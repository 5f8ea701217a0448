"""Renders a report: one module per output format, each a pure function of the report and the source lines."""
