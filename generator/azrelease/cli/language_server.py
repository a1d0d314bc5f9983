"""`azrelease language-server`."""

from typing import Annotated

import typer

from azrelease.errors import UserError


def command(
    tcp: Annotated[
        int | None,
        typer.Option(
            "--tcp",
            help="Listen at this port of 127.0.0.1 instead of standard input.",
            min=1,
            max=65535,
            metavar="PORT",
        ),
    ] = None,
) -> None:
    """Serve an editor: findings as you type, completion, hovers, definitions, the final YAML.

    An editor starts it, and speaks the Language Server Protocol with it on standard input and output.

    Example: azrelease language-server
    """
    try:
        from azrelease.language_server.server import serve_stdio, serve_tcp
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise UserError('the language server needs more packages: pip install "azrelease[editor]"') from error
    if tcp is None:
        serve_stdio()
    else:
        serve_tcp(tcp)
