from app.hoc.cus.analytics.L5_engines.cost_anomaly_detector_engine import Detector


def detect():
    return Detector()
