from sqlalchemy import update

from shop.schemas.prediction import Prediction


def bind(session) -> None:
    session.add(Prediction(id=1))
    session.execute(update(Prediction).values(is_advisory=False)) #! only-advice
