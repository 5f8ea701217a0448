class Detector:
    pass
