"""Tests of `foundation`."""
