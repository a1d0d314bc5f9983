"""What the command line requested with the options that every command has."""


class RequestedOptions:
    """The options of this command line. One runs in a process at a time.

    Attributes:
        quiet: print results, findings and errors only.
        traceback: show where an error comes from.
    """

    quiet = False
    traceback = False


requested = RequestedOptions()
