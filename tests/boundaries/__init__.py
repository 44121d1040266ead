"""Tests of `boundaries`."""
