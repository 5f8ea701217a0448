import json
from pathlib import Path


def load() -> dict:
    return json.loads(Path("types.json").read_text())
