"""What queries say: built by calls or written as text, read from the values they came to."""
