"""Runs the rules: finds and reads files, selects rules, reports, hides ignored and known findings, applies fixes."""
