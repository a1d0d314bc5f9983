"""`azrelease` in an editor: the language server protocol in front, and the rooms of `check` and `expand` behind it."""
