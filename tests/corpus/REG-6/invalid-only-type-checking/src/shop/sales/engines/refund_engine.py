class RefundEngine:  #! wired
    def run(self) -> str:
        return 'x'
