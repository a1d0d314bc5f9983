"""Text of a stranger's file, printed in a pipeline: it must not become a command of the agent that reads the log."""


def printable(text: str, keep: str = "") -> str:
    """One character for one: tabs as blanks, whatever a terminal or an agent might act on, or would not show, as a dot.

    Args:
        text: the text.
        keep: characters that stay although they are not printed.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else " " if c == "\t" else "·" for c in text)


def harmless(text: str) -> str:
    """A text of the same length in which no agent finds a command.

    Agents of Azure Pipelines act on `##vso[` and `##[` anywhere in a line.
    """
    return text.replace("##vso[", "#·vso[").replace("##[", "#·[") if "##" in text else text
