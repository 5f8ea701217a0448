from fastapi import FastAPI

from shop.api.orders import proposals

app = FastAPI()
app.include_router(proposals.router, prefix="/v1")
