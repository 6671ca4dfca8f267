"""The disk: suites, fixtures, journals and runs as files. The only floor that reads or writes."""
