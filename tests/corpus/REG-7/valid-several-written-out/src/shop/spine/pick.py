def run(facade, polled: bool):
    read = facade.read
    if polled:
        read = getattr(facade, 'read_with_poll')
    read = read or facade.wait
    return read()
