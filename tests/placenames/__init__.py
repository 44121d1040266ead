"""Tests of register 1: names, their spelling, and the search over them."""
