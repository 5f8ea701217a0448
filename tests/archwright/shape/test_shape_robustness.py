"""Code that leads back to itself ends."""

from __future__ import annotations

from shape_projects import analyse

from archwright.facts import ir
from archwright.project.shapes.arguments import bind
from archwright.project.types.values import UNKNOWN


def test_a_name_imported_from_its_own_module_is_unknown() -> None:
    analysis = analyse({"app.a": "try:\n    from app.a import x\nexcept ImportError:\n    x = None\n"})
    found = analysis.project.names.resolve("app.a.x.y")
    assert UNKNOWN in analysis.inference.resolved(found, 24)


def test_aliases_functions_and_names_that_need_themselves_end() -> None:
    analysis = analyse(
        {
            "app": """
            T = list["T"]
            U = "V"
            V = "U"

            class Node:
                next: "Node | None"
                others: dict[str, "Node"]

            def f(n: Node, t: T, u: U):
                rows = []
                rows = [*rows, n.next, f(n, t, u)]
                rows.append(rows)
                for rows in rows:
                    pass
                return g(rows)

            def g(x):
                return f(x, x, x) if x else h(lambda: g(x))

            def h(y):
                return y()
            """
        }
    )
    index = analysis.inference.index("app")
    for scope in index.functions():
        analysis.shapes.origins.returned(scope)
        for param in scope.params:
            list(
                analysis.shapes.types.within(analysis.shapes.types.of(param.annotation, scope), private=True)
            )


def test_a_written_out_keyword_that_is_no_parameter_goes_to_the_rest() -> None:
    code = """
    class Kept: ...

    def take(x, **more):
        return more

    def f(y):
        return take(1, **{"a.b": Kept(), "x": y})
    """
    analysis = analyse({"app": code})
    scope = analysis.inference.index("app").scopes["f"]
    analysis.shapes.origins.returned(scope)  # it was looked up among the parameters
    call = scope.body[0]
    assert isinstance(call, ir.Return)
    assert isinstance(call.value, ir.Call)
    bound = bind(call.value, analysis.inference.index("app").scopes["take"].params)
    assert (list(bound.by_name), len(bound.rest)) == (["x"], 1)
