"""The set-up on a bare machine: Python environment, browser assets, PostGIS programs. Standard library only."""
