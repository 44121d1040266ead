"""How the service is set up and kept running on one machine; nothing of the registers is known here."""
