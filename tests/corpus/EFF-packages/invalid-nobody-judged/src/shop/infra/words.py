"""What is allowed here may be asked of a package; what engines reach through it may not."""
import spelling


def spelt(order):
    return spelling.check(order.text)  #? engines-talk-to-nobody
