"""All tables of the house in one import, so that every foreign key by string resolves."""

from boundaries.divisions import models as divisions
from foundation import models as foundation
from placenames.register import models as register
from placenames.search import models as search

metadata = foundation.Base.metadata

__all__ = ["divisions", "foundation", "metadata", "register", "search"]
