"""Value flow: what becomes of a value on its way through functions, dictionaries, objects and queries."""
