"""AZR8xx: scripts and Azure ML commands."""
