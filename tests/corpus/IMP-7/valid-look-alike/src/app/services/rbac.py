from app.services import helpers

engine = helpers
