"""AZR3xx: expressions, macros and conditions."""
