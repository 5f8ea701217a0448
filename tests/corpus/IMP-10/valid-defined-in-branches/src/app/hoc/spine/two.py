try:
    import fast as thing
except ImportError:
    thing = None
