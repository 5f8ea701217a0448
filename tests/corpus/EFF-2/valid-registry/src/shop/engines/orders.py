class Registry:
    def execute(self, operation: str) -> None: ...


class Engine:
    """Never session.execute(...)."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def decide(self) -> None:
        self._registry.execute("orders.save")
