class Visitor:
    def visit(self, node) -> object:
        return getattr(self, f'visit_{type(node).__name__}')(node)  #! written-out

    def again(self, node) -> object:
        if method := getattr(self, 'do_' + node.kind, None):
            return method(node)  #! written-out
        return None
