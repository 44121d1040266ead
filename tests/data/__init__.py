"""Tests of the shipped facts in `data/`."""
