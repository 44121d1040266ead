"""Tests that drive real Chromium against the running service."""
