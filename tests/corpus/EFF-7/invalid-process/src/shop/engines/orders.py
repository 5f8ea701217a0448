import subprocess as sp


def decide() -> None:
    with sp.Popen(["ls"]) as running:  #! processes-nowhere
        running.wait()
