def decide(environ: dict[str, str]) -> str:
    return environ.get("os.environ", "")
