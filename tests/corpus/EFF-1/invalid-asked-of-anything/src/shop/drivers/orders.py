def close_month(ledger, month: int) -> None:
    ledger.settle(month)  #? transaction-owner


def close_year(ledger) -> None:
    ledger.settle()


def close_all(handlers: list, month: int) -> None:
    for handler in handlers:
        handler(month)  #? transaction-owner


def read(found) -> None:
    match found:
        case {"ledger": ledger}:
            ledger.settle(12)  #? transaction-owner
