"""Search over names and the points of the map: derived data with one owner, and the questions asked of it."""
