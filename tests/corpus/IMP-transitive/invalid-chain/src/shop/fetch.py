def get(name: str) -> str:
    import urllib

    return urllib.request.urlopen(f"https://rates.example/{name}").read().decode()
