"""Pages for people that need no script: the permanent page of a place, and errors."""
