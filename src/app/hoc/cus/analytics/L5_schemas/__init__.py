"""Value types the analytics engines, drivers and the spine exchange."""
