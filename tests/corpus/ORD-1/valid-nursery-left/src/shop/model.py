from dataclasses import dataclass, field


@dataclass
class Config:
    save_artifacts: bool = True
    debug: bool = False


@dataclass
class Report:
    id: int
    text: str = ""
    rows: list[int] = field(default_factory=list)
    artifact_paths: list[str] = field(default_factory=list)
