class Feedback:
    def begin(self) -> None: ...


class Context:
    def commit(self) -> None: ...


class Driver:
    def __init__(self, feedback: Feedback, ctx: Context) -> None:
        self._feedback = feedback
        self.ctx = ctx

    def save(self) -> str:
        self._feedback.begin()
        self.ctx.commit()
        return "commit".upper()
