"""OpenAI's three forms, at OpenAI, Azure or any server that speaks them."""
