NAME = "refund_service.py"
# refund_service.py
