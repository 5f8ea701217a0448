"""What an object is called says nothing; that nothing else is done with it leaves that it may be a session."""
from shop.models import Order


class Engine:
    def __init__(self, make) -> None:
        self.make = make

    def known(self, name):
        with self.make() as it:
            return it.query(Order).filter(Order.state == name).first()  #? engines-run-no-statement

    def rename(self, keeper, row):
        row.state = "new"
        keeper.flush()  #? engines-run-no-statement

    def forget(self, keeper, rows):
        keeper.delete(rows[0])  #? engines-run-no-statement

    def remember(self, keeper, rows):
        keeper.add_all(rows)  #? engines-run-no-statement

    def found(self, keeper, key):
        return keeper.get(Order, key)  #? engines-run-no-statement
