# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: reads costs
class Router:
    def get(self, path):
        return print


router = Router()


@router.get("/costs")
def get_costs():
    return []
