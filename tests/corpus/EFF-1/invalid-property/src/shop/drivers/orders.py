from shop.infra.work import Work
def save(work: Work) -> bool:
    return work.done  #! transaction-owner
