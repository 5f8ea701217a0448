def decide(row):
    return row
