def run(facade, name: str, polled: bool):
    if polled:
        read = getattr(facade, f'{name}_with_poll')
    else:
        read = facade.read
    return read()  #! written-out


def again(facade, name: str):
    call = None
    call = call or getattr(facade, name)
    call()  #! written-out
