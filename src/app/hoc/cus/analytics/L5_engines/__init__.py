"""Analytics engines: the decisions of the domain, free of HTTP, SQL and environment."""
