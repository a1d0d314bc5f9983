"""What rules ask about a file: its scripts, expressions, outputs, services, images, templates and variables."""
