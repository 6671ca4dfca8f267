"""How large the page is that `harness report --html` writes, how soon it can be used, how fast."""
