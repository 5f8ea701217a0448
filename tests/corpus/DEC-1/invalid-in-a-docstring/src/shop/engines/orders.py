"""
# Layer: Engines
# Role: Decides what to order.
"""

x = 1
