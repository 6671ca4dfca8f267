"""A model and the endpoint that answers for it in, its dated price out."""
