"""Files: kept by the hash of their content, taken only when they are what they say; instruments (批文)."""
