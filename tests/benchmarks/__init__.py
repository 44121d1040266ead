"""Tests of what the benchmarks stand on: their numbers and the country that they make."""
