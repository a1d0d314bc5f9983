"""A release becomes a classic release definition."""
