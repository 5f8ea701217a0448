from shop import audit, checks, store


class Service:
    def run(self, row: dict[str, str]) -> None:
        checks.check(row)
        store.change(row)  #! changes-are-audited-here
        if row.get("loud"):
            audit.record(row)

    def serve(self, name: str, row: dict[str, str]) -> None:
        methods = {"run": self.run}
        methods[name](row)
