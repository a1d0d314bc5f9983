"""AZR5xx: security."""
