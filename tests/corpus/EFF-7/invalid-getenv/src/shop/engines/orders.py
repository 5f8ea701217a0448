import os

read = os.getenv
DEBUG = read("DEBUG")  #! environment-in-settings
