"""AZR7xx: images, tasks and CLI versions that retire."""
