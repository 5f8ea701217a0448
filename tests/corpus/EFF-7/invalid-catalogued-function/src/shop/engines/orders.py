from shop.infra import wire


def decide() -> None:
    wire.send("x")  #! processes-nowhere
