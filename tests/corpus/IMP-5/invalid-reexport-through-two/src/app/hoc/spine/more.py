from app.hoc.spine import registry

query = registry.sql_text
