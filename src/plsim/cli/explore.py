"""``plsim explore``: the explorer in the browser, on this machine."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import webbrowser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from plsim.cli.progress import progress_bar
from plsim.core.errors import InputError, printable

SHORTEST_TOKEN = 16


@click.command("explore", context_settings={"show_default": True})
@click.option("--port", type=click.IntRange(0, 65535), default=8321, help="Port to listen on; 0 is any free one.")
@click.option("--host", default="127.0.0.1", help="Address to listen on. Other machines need a token.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option(
    "--demos",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Folder with demonstrations of your own, shown beside the shipped ones.",
)
@click.option(
    "--export",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.html",
    help="Write demonstrations, classes and scenarios into one page that needs no server, and end.",
)
@click.option("--pin", "pins", multiple=True, metavar="SCENARIO", help="With --export: a scenario in it; repeat.")
@click.option("--language", default="en", metavar="CODE", help="With --export: the language of the page, en or es.")
@click.option("--votes", is_flag=True, help="Let phones on the same network vote on a question, with a short code.")
@click.option("--votes-port", type=click.IntRange(0, 65535), default=8322, help="Port of the page for phones.")
def command(
    *,
    port: int,
    host: str,
    no_browser: bool,
    demos: Path | None,
    export: Path | None,
    pins: tuple[str, ...],
    language: str,
    votes: bool,
    votes_port: int,
) -> None:
    """Explore decisions and teach with them, in the browser. Works without a network; Press Ctrl-C to stop."""
    if export is not None:
        _export(export, pins, language, demos)
        return
    from plsim.explorer.server.safety import LOOPBACK, is_loopback

    demonstrations = None
    if demos is not None:
        from plsim.explorer.teaching.demonstration_files import all_demonstrations

        demonstrations = all_demonstrations(demos)
    alone = is_loopback(host)
    token = "" if alone else _token()
    listening = _listen(host, port)
    port = listening.getsockname()[1]
    shown = host if alone or host not in {"0.0.0.0", "::"} else socket.gethostname()  # noqa: S104
    bracketed = f"[{shown}]" if ":" in shown else shown
    address = f"http://{bracketed}:{port}/" + (f"?token={quote(token, safe='')}" if token else "")
    if not alone:
        click.echo(
            f"plsim: warning: --host {host} lets other machines use this server. Only those who have the token in the "
            "address can; what they send and see travels unencrypted.",
            err=True,
        )
    # What is loaded next takes seconds. Who comes before that waits: the address is taken already.
    click.echo(f"The explorer is at {address}\nPress Ctrl-C to stop.")
    if not no_browser:
        threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
    import uvicorn

    from plsim.explorer.app import create_app
    from plsim.explorer.server.connections import server_config
    from plsim.explorer.teaching.votes import Votes

    ballots = Votes()
    if votes:
        _take_votes(ballots, votes_port)
    app = create_app(
        hosts=(*LOOPBACK, bracketed.lower()) if alone else (),
        token=token,
        demonstrations=demonstrations,
        votes=ballots,
    )
    uvicorn.Server(server_config(app, log_level="warning")).run(sockets=[listening])


def _token() -> str:
    """What others must know: a district's own word from the environment, else a new one."""
    own = os.environ.get("PLSIM_TOKEN", "")
    if own and (len(own) < SHORTEST_TOKEN or not own.isascii() or not own.isprintable() or " " in own):
        fix = f"At least {SHORTEST_TOKEN} letters, digits and signs"
        raise InputError("PLSIM_TOKEN", "", "is too short or holds blanks", fix=fix)
    return own or secrets.token_urlsafe(24)


def _export(path: Path, pins: tuple[str, ...], language: str, demos: Path | None) -> None:
    """One page, written whole or not at all."""
    from plsim.core.files import write_file
    from plsim.explorer.export.answers import MAX_PINS, steps_of
    from plsim.explorer.export.page import exported
    from plsim.explorer.languages.catalogue import LANGUAGES, Tongue
    from plsim.explorer.teaching.demonstration_files import all_demonstrations
    from plsim.scenario.loading import load

    if language not in LANGUAGES:
        raise InputError("--language", "", f"no language '{language}'", allowed=", ".join(LANGUAGES))
    if len(pins) > MAX_PINS:
        raise InputError("--pin", "", f"{len(pins)} scenarios", allowed=f"up to {MAX_PINS}")
    if not path.absolute().parent.is_dir():
        raise InputError("--export", "", f"there is no folder '{path.absolute().parent}'")
    taken = [(scenario.name.replace("_", " ").capitalize(), scenario) for scenario in map(load, pins)]
    demonstrations = all_demonstrations(demos)
    every = steps_of(demonstrations, taken)
    with progress_bar("Making the page", wanted=True) as report:
        done = 0

        def tell(_: str) -> None:
            nonlocal done
            if report is not None:
                report(done, every)
            done += 1

        page = exported(demonstrations, taken, tongue=Tongue(language), tell=tell).encode()
    write_file(path, page)
    click.echo(
        f"{printable(path)}: {len(page) / 1e6:.1f} MB. It opens by double-click, without plsim and without a network."
    )


def _take_votes(votes: Any, port: int) -> None:
    """The page for phones, on a thread and a port of its own; nothing else can be reached there."""
    import uvicorn

    from plsim.explorer.teaching.votes import ballot_app

    listening = _listen("0.0.0.0", port, option="--votes-port")  # noqa: S104 - phones are other machines
    votes.address = f"http://{_own_address()}:{listening.getsockname()[1]}/"
    click.echo(f"Phones on this network can vote at {votes.address} with the code {votes.code}.")
    config = uvicorn.Config(ballot_app(votes), log_level="warning", access_log=False, server_header=False)
    threading.Thread(target=uvicorn.Server(config).run, kwargs={"sockets": [listening]}, daemon=True).start()


def _own_address() -> str:
    """The address of this machine on its network. Nothing is sent: the system only says which way it would go."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))
            found: str = asking.getsockname()[0]
        except OSError:
            return socket.gethostname()
    return found


def _listen(host: str, port: int, *, option: str = "--port") -> socket.socket:
    """A socket on that address; an address that cannot be had is a message, not a traceback."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, UnicodeError) as error:
        listening.close()
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(option, "", f"{host}:{port} cannot be used: {why}", fix=f"Try {option} 0") from None
    listening.listen(128)
    return listening
