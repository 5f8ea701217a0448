"""archwright: contracts about the architecture of a Python code base, decided by understanding the code."""
