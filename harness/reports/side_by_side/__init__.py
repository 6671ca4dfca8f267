"""What the side-by-side page says: the finding, the facts, its figures and tables."""
