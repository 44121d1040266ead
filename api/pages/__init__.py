"""The pages beside the map: the permanent page of a place, errors, the description of the interfaces."""
