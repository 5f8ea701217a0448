# Callers: none
# Allowed Imports: Engines
# Forbidden Imports: Models
from shop.engines.orders import decide
