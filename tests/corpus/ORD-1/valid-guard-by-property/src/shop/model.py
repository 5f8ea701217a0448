class Config:
    save_artifacts: bool = True


class Report:
    id: int
    artifact_paths: list[str]

    @property
    def lacks_artifacts(self) -> bool:
        return not self.artifact_paths
