from collections.abc import Callable
from typing import Any


class Bus:
    def on(self, event_type: str | list[str], handler: Callable[[dict[str, Any]], None]) -> None:
        print(event_type, handler)

    def when(self, event_type: str) -> Callable[[Any], Any]:
        def add(handler: Any) -> Any:
            self.on(event_type, handler)
            return handler

        return add


bus = Bus()
