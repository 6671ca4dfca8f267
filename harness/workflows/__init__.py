"""The Python API: the only floor that joins the store and the providers."""
