import os

HOME = os.getenv("HOME") #! only-data
