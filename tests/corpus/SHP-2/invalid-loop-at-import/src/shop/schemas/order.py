LIMITS = {}
for name in ("small", "large"): #! only-data
    LIMITS[name] = len(name)
