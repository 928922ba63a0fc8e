"""Benchmarks: the product measured as it is used, with ratios taken in one run."""
