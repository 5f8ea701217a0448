from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class NewPrediction:
    id: str
    tenant_id: str
    confidence: float
    expires_at: datetime
    is_advisory: bool = True
