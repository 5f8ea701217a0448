from fastapi import FastAPI

from shop.api.orders import routes

app = FastAPI()
app.include_router(routes.router, prefix="/v2")
