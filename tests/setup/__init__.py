"""Tests of the set-up, the private cluster, the supervision and the command line."""
