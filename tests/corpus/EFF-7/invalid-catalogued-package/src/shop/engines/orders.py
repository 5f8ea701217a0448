import acme


def decide() -> None:
    acme.Client().send("x")  #! processes-nowhere
