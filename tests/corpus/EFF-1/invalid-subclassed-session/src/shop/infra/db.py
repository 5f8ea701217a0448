from sqlalchemy.orm import Session
class Db(Session):
    pass
