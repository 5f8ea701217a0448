# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: reads costs
x = "@router."
MORE = """
@router.get("/costs")
def get(): ...
"""
# @router.get("/costs")


def helper():
    return x, "add_api_route"
