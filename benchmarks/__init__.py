"""What this project claims about speed, memory and faults, runnable: `python -m benchmarks`.

Each module measures one claim and can be run alone, with `--quick` for a smoke test:
`python -m benchmarks.throughput`. Nothing here leaves 127.0.0.1.
"""
