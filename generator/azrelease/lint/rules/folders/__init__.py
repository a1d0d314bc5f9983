"""Rules about checkouts, artifacts, and where files are in a job."""
