from shop.infra.work import MAIN, Mark, Steps, finish


def named() -> None:
    finish()  #! transaction-owner


def of_a_class(steps: Steps) -> None:
    steps.last()  #! transaction-owner


def made() -> Mark:
    return Mark()  #! transaction-owner


def given() -> Mark:
    return Mark(at=1)


def by_default(end=finish) -> None:
    end()  #! transaction-owner


def by_default_of_the_session(end=MAIN.commit) -> None:
    end()  #! transaction-owner
