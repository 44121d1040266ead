"""Organs, people, the posts they hold, and the hand-over of a post."""
