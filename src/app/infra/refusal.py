"""How every domain says no: an error with a stable code and a message fit for the caller."""


class RefusedError(ValueError):
    """A domain refuses a request. ``code`` is stable, the message is shown to the caller as it is.

    Codes begin with ``INVALID_`` or ``MISSING_`` for requests that make no sense, are ``NOT_FOUND`` or
    ``CONFLICT`` for those the state does not allow, and ``UNAVAILABLE`` when nothing could be read.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
