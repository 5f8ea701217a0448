def allowed(a, b, c, d):
    return a


async def decide(order): #! small-functions
    try:
        match order:
            case 1:
                return 1
            case 2:
                return 2
            case _:
                return 3
    except (ValueError, TypeError):
        return 4
    except KeyError:
        return 5
