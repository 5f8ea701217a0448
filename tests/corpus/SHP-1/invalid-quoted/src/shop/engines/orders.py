from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def decide(session: "Session | None") -> int: #! no-session
    return 1
