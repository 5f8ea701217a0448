def refund(order_id: str) -> str:  #! wired
    return order_id


if __name__ == '__main__':
    print(refund('o'))
