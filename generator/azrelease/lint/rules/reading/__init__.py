"""AZR0xx: the file cannot be read."""
