from shop.infra.store import Store
def decide(store: Store) -> None:
    store.keep()  #! transaction-owner
