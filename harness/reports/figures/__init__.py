"""Numbers in, the pictures of a page out: vector graphics with their numbers as tables. Pure."""
