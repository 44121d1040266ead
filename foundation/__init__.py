"""What every register stands on: settings, clock, database, journal, coordinates, jobs."""
