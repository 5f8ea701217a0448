from fastapi import FastAPI

from shop.api.orders import enforcement, proposals

app = FastAPI()
app.include_router(proposals.router, prefix="/v1")
app.include_router(enforcement.router, prefix="/v1")
