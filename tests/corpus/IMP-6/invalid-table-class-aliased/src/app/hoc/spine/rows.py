from app.models.cost import CostRecord

Record = CostRecord
