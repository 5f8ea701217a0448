import sys

if sys.platform == 'win32':
    thing = 1
else:
    from app.hoc.spine.two import thing
