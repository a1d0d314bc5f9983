"""AZR2xx: references to stages, jobs, outputs, templates and resources."""
