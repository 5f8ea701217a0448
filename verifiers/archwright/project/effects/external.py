"""The effects of calls whose full name is known: what the catalogue says, refined by what the call is given."""

from __future__ import annotations

from archwright.facts import ir
from archwright.project.effects import catalogue
from archwright.project.effects.arguments import gives, opened_for, rows_given
from archwright.project.effects.body import Body
from archwright.project.effects.facts import Effect, EffectSite
from archwright.project.types.values import ExternalInstance

_OPENS = frozenset(
    {
        "builtins.open",
        "io.open",
        "os.fdopen",
        "codecs.open",
        "gzip.open",
        "bz2.open",
        "lzma.open",
        "aiofiles.open",
    }
)
_ARGUMENTLESS = {
    "time.gmtime": 0,
    "time.localtime": 0,
    "time.ctime": 0,
    "time.strftime": 1,
    "time.asctime": 0,
    "email.utils.formatdate": 0,
    "email.utils.localtime": 0,
    "random.Random": 0,
    "numpy.random.default_rng": 0,
}
"""Calls that read the clock, or the system's randomness, only when they get no more than so many arguments."""


class ExternalCalls:
    """Reads the calls of one body that go to other packages."""

    def __init__(self, body: Body) -> None:
        self._body = body

    def read(self, name: str, call: ir.Call) -> bool:
        """Adds what calling the external *name* does; whether the catalogue knows it."""
        body = self._body
        if name in catalogue.ENTERS and call.args:
            for value in body.inference.evaluate(call.args[0].value, body.scope):
                if isinstance(value, ExternalInstance):
                    body.left(value.name, call.at)
        member = catalogue.member(name)
        if member in catalogue.STATEMENTS:
            self._statement(name, call)
            return True
        if name in _OPENS or member == "path.open":
            body.add(Effect(opened_for(call, first=0 if member else 1)), name, call.at)
            return True
        if catalogue.statement_kind(name) and name.endswith(".with_for_update"):
            body.add(Effect("db.lock"), name, call.at)
            return True
        if catalogue.statement_kind(name) == "text":
            self._text(name, call)
            return True
        if name in _ARGUMENTLESS:
            if len(call.args) <= _ARGUMENTLESS[name]:
                body.add(Effect("random" if "random" in name else "clock"), name, call.at)
            return True
        if name in catalogue.IMPORTING and call.args and self._is_known(call.args[0].value):
            return True
        if name in catalogue.DYNAMIC:
            body.anything(name, call.at)
            return True
        return self._catalogued(name, member, call)

    def _catalogued(self, name: str, member: str, call: ir.Call) -> bool:
        effect = catalogue.called_effect(name)
        if effect is None or id(call) in self._body.applied:
            return bool(member)
        if effect.name == "sleep" and call.args and call.args[0].value == ir.Num("0"):
            return True  # lets others run; takes no time
        if effect.name in ("db.read", "db.write"):
            effect = Effect(effect.name, self._table(member, call))
        parameter = self._deciding(call) if member.startswith("session.") and not effect.table else ""
        self._body.add(effect, name, call.at, parameter=parameter)
        if member in ("session.get", "session.get_one", "session.refresh") and gives(call, "with_for_update"):
            self._body.add(Effect("db.lock"), name, call.at)
        return True

    def _is_known(self, text: ir.Expr) -> bool:
        return self._body.inference.reflection.is_known(text, self._body.scope)

    def _statement(self, name: str, call: ir.Call) -> None:
        body = self._body
        positional = [
            a.value for a in call.args if not a.star and (a.keyword in (None, "statement", "sql", "query"))
        ]
        raw = name.endswith("exec_driver_sql") or not catalogue.member(name).startswith(
            ("session.", "connection.")
        )
        first = positional[0] if positional else None
        body.executed.add(name)
        for effects, all_happen in body.statements.read(first, body.scope, text=raw):
            if all_happen:
                for effect in effects:
                    body.add(effect, name, call.at)
            else:
                body.site(EffectSite(effects, True, name, call.at, catalogue.blocks(name, "db.read")))

    def _text(self, name: str, call: ir.Call) -> None:
        """A text that locks or ends a transaction counts where it is written: who runs it may be anybody."""
        body = self._body
        if name.count(".") > 1 and not name.endswith(".text"):
            return
        reading = body.statements.text(call.args[0].value if call.args else None, body.scope)
        for effect in reading[0] if reading else ():
            if effect.is_a("db.lock") or effect.is_a("db.transaction"):
                body.written.add(effect)
                body.add(effect, name, call.at)

    def _table(self, member: str, call: ir.Call) -> str:
        body = self._body
        if not member.startswith("session.") or not call.args:
            return ""
        rows = rows_given(call.args[0].value)
        tables = {body.statements.table(body.inference.evaluate(row, body.scope)) for row in rows}
        return tables.pop() if len(tables) == 1 else ""

    def _deciding(self, call: ir.Call) -> str:
        """The parameter of this function that a row, or the class of one, is given by."""
        given: ir.Expr | None = call.args[0].value if call.args else None
        if isinstance(given, ir.Call) and given.func == ir.Name("type") and len(given.args) == 1:
            given = given.args[0].value
        own = {param.name for param in self._body.scope.params}
        return given.id if isinstance(given, ir.Name) and given.id in own else ""
