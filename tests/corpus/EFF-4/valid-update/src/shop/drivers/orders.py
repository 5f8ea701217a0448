from sqlalchemy.orm import Session
from sqlalchemy import text, update

from shop.models import Order
def save(session: Session) -> None:
    session.execute(update(Order).values(state="x"))
    session.execute(text("DELETE FROM orders /* FOR UPDATE */"))
