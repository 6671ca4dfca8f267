"""A shipped fake: rules in, an endpoint out."""
