def change(row):
    return row
