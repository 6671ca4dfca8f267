"""No language model: a classifier fitted on the training split, as an endpoint."""
