from app.hoc.cus.incidents.L6_drivers.incident_driver import write


class Export:
    run = write
