"""A register of the country's size: real divisions and villages, and names put together as they are in life."""
