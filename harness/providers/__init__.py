"""Endpoints: each takes one Request and gives back one Reply; the only effect on the wire."""
