from fastapi import FastAPI


def install(app: FastAPI, plugins: dict) -> None:
    for plugin in plugins.values():
        app.include_router(plugin.router)  #? route-map
