from shop.models.tables import Incident

Alias = Incident
