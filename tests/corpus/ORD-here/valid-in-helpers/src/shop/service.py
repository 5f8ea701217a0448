from shop import store
from shop.around import after, before


class Service:
    def run(self, row: dict[str, str]) -> None:
        before(row)
        store.change(row)
        after(row)

    def serve(self, name: str, row: dict[str, str]) -> None:
        {"run": self.run}[name](row)
