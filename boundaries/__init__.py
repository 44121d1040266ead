"""Register 2: administrative divisions over time, and their changes."""
