"""What the command line does, for those who call azrelease from Python: values in, values out, nothing printed."""
