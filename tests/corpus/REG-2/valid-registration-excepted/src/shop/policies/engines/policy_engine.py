class PolicyEngine:
    def list(self, tenant: str) -> list[str]:
        return [tenant]

    def close(self, tenant: str) -> None:
        return None
