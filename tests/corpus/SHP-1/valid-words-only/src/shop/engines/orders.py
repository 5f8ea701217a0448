def decide(note: str) -> str:
    """decide(session: AsyncSession)"""
    # s: Session
    return "AsyncSession"
