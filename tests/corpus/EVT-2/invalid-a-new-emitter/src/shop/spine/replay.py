from typing import Any

from shop.spine.outbox import Row


def replay(session: Any, events: list[dict[str, Any]]) -> None:
    for event in events:
        session.add(Row(event))  #! checked
