from functools import partial

parse = partial(int, base=16)  #! only-data
