"""Reports on what arms cost and when tuning pays back. Pure."""
