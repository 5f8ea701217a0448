from app.services.rbac import engine
