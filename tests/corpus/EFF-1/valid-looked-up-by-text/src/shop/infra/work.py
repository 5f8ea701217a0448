class Basket:
    def commit(self) -> None:
        self.done = True
