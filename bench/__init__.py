"""Benchmarks: what the product does, measured against reference servers in the same run."""
