"""Tests of the architecture itself."""
