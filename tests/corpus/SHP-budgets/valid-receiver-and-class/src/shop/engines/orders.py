def allowed(a, b, c, d):
    return a


class Order:
    def one(self, a, b, c):
        return a

    @classmethod
    def two(cls, a, b, c):
        return a

    @staticmethod
    def three(a, b, c):
        return a
