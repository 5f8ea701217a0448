"""Orders and prices."""


class _Hidden:
    def total(self):
        return 1


def decide() -> int:
    """What to do with it."""

    class Inner:
        def run(self):
            return 1

    return Inner().run()
