"""The only code that writes artifacts to disk."""

from pathlib import Path


def store(report):
    Path(f"{report.id}.json").write_text(report.text)


async def store_async(report):
    Path(f"{report.id}.json").write_text(report.text)
