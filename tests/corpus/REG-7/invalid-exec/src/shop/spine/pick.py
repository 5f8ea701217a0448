def run(text: str) -> None:
    exec(text)  #! written-out
    exec(compile(text, 'x', 'exec'), {})  #! written-out
