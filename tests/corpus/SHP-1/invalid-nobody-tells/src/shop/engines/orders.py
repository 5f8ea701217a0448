def decide(store) -> int: #? no-session
    return 1
