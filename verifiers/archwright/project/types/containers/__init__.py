"""What containers hold, followed to where they are written or declared."""
