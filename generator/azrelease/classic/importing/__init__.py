"""A classic release definition becomes a release."""
