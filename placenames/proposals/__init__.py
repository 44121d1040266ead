"""Proposals: the case of a name from draft to announcement, its papers, opinions, filing and announcement."""
