"""The command line: parse, call a workflow, print, exit with the right code."""
