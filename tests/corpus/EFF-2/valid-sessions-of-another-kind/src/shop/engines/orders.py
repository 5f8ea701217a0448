def fetch(session, path, user):
    """A session of HTTP, one of a request, and a file: what they are asked is no statement."""
    session.delete(f"/orders/{path}")
    session.get("orders", [])
    return session.get(path, timeout=5)


def keep(file, seen, text):
    file.write(text)
    file.flush()
    seen.add(text)
    seen.update({})
