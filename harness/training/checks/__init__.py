"""The rules that training data are checked against: rows in, findings out. Pure.

A rule that looks at rows is a `Watch` (`watch.py`): it sees each row once, keeps little, and says
at the end what it found. `catalogue.py` lists every rule.
"""
