is_large = lambda order: order.total > 100 #! only-data
