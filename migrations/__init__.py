"""The schema as a numbered story; run by `processes.schema`."""
