from fastapi import APIRouter, FastAPI

from shop.api.orders import routes

version = APIRouter(prefix="/v1")
version.include_router(routes.router, prefix="/orders")
app = FastAPI()
app.include_router(version)
