"""AZR9xx: what only the service can answer."""
