"""All tables of the house in one import, so that every foreign key by string resolves."""

from boundaries.divisions import models as divisions
from foundation import models as foundation
from foundation.access import models as access
from foundation.files import models as files
from foundation.people import models as people
from placenames.proposals import models as proposals
from placenames.register import models as register
from placenames.search import models as search

metadata = foundation.Base.metadata

__all__ = ["access", "divisions", "files", "foundation", "metadata", "people", "proposals", "register", "search"]
