"""AZR6xx: approvals, tests and the order of deployments."""
