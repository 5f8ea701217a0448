"""Operations: who registers, dispatches and serves them, which routes lead to them, which events they emit."""
