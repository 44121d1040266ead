"""The register proper: places, their names with periods and statuses, their classes and lineage."""
