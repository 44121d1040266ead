"""Verbs that write more than one register in one transaction, and the edge that commits them."""
