"""What the house is measured by: each benchmark has a database of its own and never sees the register."""
