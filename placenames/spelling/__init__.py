"""Roman spelling of place names: readings, splitting and writing by the 1984 rules (84中地字17号)."""
