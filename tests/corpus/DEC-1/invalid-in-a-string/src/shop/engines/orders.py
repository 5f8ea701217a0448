HEADER = """
# Layer: Engines
# Role: Decides what to order.
"""
