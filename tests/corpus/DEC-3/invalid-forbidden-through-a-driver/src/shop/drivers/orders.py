from shop.models.orders import Order
