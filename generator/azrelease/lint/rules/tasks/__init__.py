"""AZR4xx: tasks and their inputs."""
