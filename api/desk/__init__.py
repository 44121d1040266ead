"""The desk pages: what staff see and do in the browser."""
