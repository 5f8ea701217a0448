class OrderManager:
    def isLarge(self, orderId):
        return orderId
