from datetime import date

TODAY = date.today()  #! one-clock
