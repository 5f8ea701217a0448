"""Files, containers and clients of HTTP, by what else is done with them, and by what they are given."""


def write(out, lines):
    for line in lines:
        out.write(line)
    out.flush()


def distinct(names, seen):
    for name in names:
        if name not in seen:
            seen.add(name)
            yield name


def counted(counts, key):
    return counts.get(key, 0) + counts.get("rest", 0)


def removed(client, order):
    client.delete(f"/orders/{order}")


def listed(orders, order):
    orders.append(order)
    orders.add(order)
