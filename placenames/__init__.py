"""Register 1: places, their names, Roman spelling, and the search over them."""
