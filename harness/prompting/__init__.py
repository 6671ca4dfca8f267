"""From an arm, shots and an input to a request. Pure; never sees `expected` of the case at hand."""
