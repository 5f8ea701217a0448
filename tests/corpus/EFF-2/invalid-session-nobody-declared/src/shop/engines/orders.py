from shop.models import Order


class Engine:
    def __init__(self, make) -> None:
        self.make = make

    def known(self, name):
        with self.make() as session:
            return session.query(Order).filter(Order.state == name).first()  #? engines-run-no-statement

    def rename(self, session, row):
        row.state = "new"
        session.flush()  #? engines-run-no-statement

    def forget(self, session, rows):
        session.delete(rows[0])  #? engines-run-no-statement

    def remember(self, session, rows):
        session.add_all(rows)  #? engines-run-no-statement

    def empty(self, orders):
        self.choose(orders).filter(Order.state == "old").delete()  #? engines-run-no-statement

    def choose(self, orders):
        return orders.of(Order)
