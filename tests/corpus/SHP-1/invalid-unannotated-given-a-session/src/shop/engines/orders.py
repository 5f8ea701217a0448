class Decider:
    def __init__(self, store): #! no-session
        self._store = store
