from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal
else:
    def Decimal(text): #! only-data
        return float(text)
