"""The schema's history. Revisions are numbered as the decisions that asked for them; gaps are other systems'
numbers.
"""
