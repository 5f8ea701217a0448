class time:
    @staticmethod
    def time() -> float:
        return 0.0


def decide(now: float) -> float:
    return time.time() + now
