"""``plsim explore``: the explorer in the browser, on this machine."""

from __future__ import annotations

import secrets
import socket
import threading
import webbrowser
from pathlib import Path

import click

from plsim.core.errors import InputError


@click.command("explore", context_settings={"show_default": True})
@click.option("--port", type=click.IntRange(0, 65535), default=8321, help="Port to listen on; 0 is any free one.")
@click.option("--host", default="127.0.0.1", help="Address to listen on. Others than this machine then need a token.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option(
    "--demos",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Folder of your own demonstrations; shown with those that come with plsim.",
)
def command(*, port: int, host: str, no_browser: bool, demos: Path | None) -> None:
    """Explore decisions and teach with them, in the browser. Works without a network; Ctrl-C ends it."""
    import uvicorn

    from plsim.explorer.app import create_app
    from plsim.explorer.server.safety import LOOPBACK, is_loopback
    from plsim.explorer.teaching.demonstration_files import all_demonstrations

    demonstrations = all_demonstrations(demos)
    alone = is_loopback(host)
    token = "" if alone else secrets.token_urlsafe(24)
    listening = _listen(host, port)
    port = listening.getsockname()[1]
    shown = host if alone or host not in {"0.0.0.0", "::"} else socket.gethostname()  # noqa: S104
    bracketed = f"[{shown}]" if ":" in shown else shown
    address = f"http://{bracketed}:{port}/" + (f"?token={token}" if token else "")
    if not alone:
        click.echo(
            f"plsim: warning: --host {host} lets other machines use this server. Only those who have the token in the "
            "address can; what they send and see travels unencrypted.",
            err=True,
        )
    app = create_app(hosts=(*LOOPBACK, bracketed.lower()) if alone else (), token=token, demonstrations=demonstrations)
    click.echo(f"The explorer is at {address}\nCtrl-C ends it.")
    if not no_browser:
        threading.Timer(0.5, webbrowser.open, [address]).start()
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=1
    )
    uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    """A socket on that address; an address that cannot be had is a message, not a traceback."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, UnicodeError) as error:
        listening.close()
        why = getattr(error, "strerror", None) or str(error)
        raise InputError("--port", "", f"{host}:{port} cannot be used: {why}", fix="Try --port 0") from None
    listening.listen(128)
    return listening
