"""Shows that contracts can fail: breaks the code in memory, contract by contract, and looks whether it is noticed."""
