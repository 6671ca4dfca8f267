"""The nouns of the product as frozen values. Pure: no file, clock, network or environment."""
