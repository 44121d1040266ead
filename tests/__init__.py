"""Tests of Diming, in the folders of the house they test."""
