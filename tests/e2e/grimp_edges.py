"""Prints as JSON what grimp, import-linter's graph, knows of a package: run with the package's parent as working directory."""

from __future__ import annotations

import json
import sys

import grimp


def main() -> None:
    """``grimp_edges.py PACKAGE EXCLUDE_TYPE_CHECKING(0|1)``: who imports whom directly, and who depends on whom at all."""
    sys.path.insert(0, "")
    package, exclude = sys.argv[1], sys.argv[2] == "1"
    graph = grimp.build_graph(package, cache_dir=None, exclude_type_checking_imports=exclude)
    direct = {m: sorted(graph.find_modules_directly_imported_by(m)) for m in graph.modules}
    reached = {m: sorted(graph.find_upstream_modules(m)) for m in graph.modules}
    json.dump({"direct": direct, "reached": reached}, sys.stdout)


if __name__ == "__main__":
    main()
