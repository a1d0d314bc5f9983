"""What the service makes of a pipeline before a run: templates included, template expressions worked out."""
