from ..engines.old import decide
