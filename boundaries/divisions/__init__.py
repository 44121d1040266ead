"""Administrative divisions: permanent units, their versions in time, and what became of them."""
