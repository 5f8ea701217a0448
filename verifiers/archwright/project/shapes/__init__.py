"""Shapes of definitions: the types annotations speak of, what values hold, and what classes promise about themselves."""
