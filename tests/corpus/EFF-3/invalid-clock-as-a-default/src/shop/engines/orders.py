from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Decision:
    at: datetime = field(default_factory=datetime.now)  #! one-clock
