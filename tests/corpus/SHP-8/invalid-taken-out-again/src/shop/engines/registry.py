def execute(operation: str, params: dict) -> object:
    return operation, params
