"""How often the intervals hold and how often a gate promotes what it must not, as a page."""
