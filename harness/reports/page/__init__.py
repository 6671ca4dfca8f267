"""A report and its cases in, one self-contained HTML file out, piece by piece. Pure.

`document.page_html` is the way in; `values` says what it takes.
"""
