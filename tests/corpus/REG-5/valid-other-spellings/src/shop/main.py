from fastapi import APIRouter, FastAPI

from shop.api.orders import routes


def create_app() -> FastAPI:
    app = FastAPI()
    version = APIRouter(prefix="/v1")
    for router in (routes.router,):
        version.include_router(router)
    app.include_router(version)
    return app
