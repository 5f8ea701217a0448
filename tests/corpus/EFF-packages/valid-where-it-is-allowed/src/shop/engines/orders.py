from shop.spine.reports import report


def total(order):
    return report(order.total)
