from .L5_engines.incident_engine import Export as Exporter

__all__ = ['Exporter']
