from app.hoc.spine.registry import again, helper
