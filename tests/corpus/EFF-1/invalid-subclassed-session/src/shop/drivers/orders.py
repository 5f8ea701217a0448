from shop.infra.db import Db
def save(db: Db) -> None:
    db.commit()  #! transaction-owner
