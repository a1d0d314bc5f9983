"""What an editor asks of a file: completions, hovers, definitions, symbols; as values, without a protocol."""
