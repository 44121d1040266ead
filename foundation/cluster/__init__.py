"""The private PostgreSQL cluster that the launcher keeps below the home folder."""

from foundation.cluster.private import Addresses, PrivateCluster
from foundation.cluster.programs import Programs

__all__ = ["Addresses", "PrivateCluster", "Programs"]
