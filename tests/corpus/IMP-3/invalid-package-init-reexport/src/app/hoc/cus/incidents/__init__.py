from .L5_engines.incident_engine import Export
