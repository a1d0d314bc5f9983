"""`python -m azrelease` is the command line."""

from azrelease.cli import main

main()
