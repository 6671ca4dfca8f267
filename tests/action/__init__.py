"""The composite action and the script that it runs."""
