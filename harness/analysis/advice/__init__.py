"""What to do next: numbers of runs in, advice with its evidence out; a module per topic. Pure."""
