"""The commands by subject; `manage.py` puts them together."""
