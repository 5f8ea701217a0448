try:
    from fast import Order
except ImportError:
    def Order(total): #! only-data
        return {"total": total}
