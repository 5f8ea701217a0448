"""
# TOMBSTONE: not here
"""

x = 1
