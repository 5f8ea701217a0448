"""Reading a file that may be anything by the time it is read."""

from __future__ import annotations

import errno
import os
import stat


def read_regular(path: str | os.PathLike[str], most: int | None = None) -> bytes:
    """The content of the regular file at *path*, of a larger one the first *most* bytes.

    Raises ``OSError`` when it cannot be read, or is something else: a pipe would be waited for, and a device has no end.
    """
    descriptor = os.open(path, os.O_RDONLY | _WITHOUT_WAITING)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            kind = errno.EISDIR if stat.S_ISDIR(status.st_mode) else None
            raise OSError(kind or errno.EINVAL, os.strerror(kind) if kind else "not a regular file", path)
        with open(descriptor, "rb", buffering=0, closefd=False) as file:
            # The size may change while it is read: what counts is what comes.
            content = file.read() if most is None or status.st_size <= most else file.read(most)
    finally:
        os.close(descriptor)
    return content


_WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
