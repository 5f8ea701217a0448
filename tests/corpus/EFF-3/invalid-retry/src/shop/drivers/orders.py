import time


def load() -> None:
    for attempt in range(3):
        try:
            return
        except OSError:
            time.sleep(2**attempt)  #! no-waiting
