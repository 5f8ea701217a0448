# Callers: api routes, shop.api.jobs
# Allowed Imports: none
# Forbidden Imports: Models
class Decider:
    def decide(self) -> int:
        return 1


def decide() -> int:
    return 1


def get_decider() -> Decider:
    return Decider()
