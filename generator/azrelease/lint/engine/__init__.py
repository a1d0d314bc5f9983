"""Runs the rules: finds files, reads them, asks rules, hides what is ignored or known, applies fixes."""
