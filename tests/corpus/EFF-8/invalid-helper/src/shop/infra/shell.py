import subprocess


def commit_hash() -> bytes:
    return subprocess.run(["git"], capture_output=True).stdout
