"""What arms cost and when tuning pays back, at recorded prices or at others."""
