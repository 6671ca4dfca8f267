"""Cases and answers in, scores and outcomes out. Pure."""
