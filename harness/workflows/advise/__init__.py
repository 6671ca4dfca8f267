"""What to do next: what is recorded of a suite in, advice with its evidence out."""
