from app.hoc.spine.names import costs as all_costs
