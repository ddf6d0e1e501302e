"""What we claim, measured: python -m benchmarks NAME."""
