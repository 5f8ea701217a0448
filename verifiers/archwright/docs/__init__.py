"""The documentation of an architecture, made from facts and contracts: nothing in it is written twice."""
