from shop.infra.clock import utc_now


def normalise(as_of):
    now = utc_now()
    if as_of is None:
        return now
    if as_of > now:
        raise ValueError("as_of lies in the future")
    return as_of
