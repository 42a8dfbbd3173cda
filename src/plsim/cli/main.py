"""``plsim``: the group of all commands. A command's file is imported when it is used, so that ``--help`` is quick."""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
from importlib import import_module
from typing import Any

import click

from plsim import __version__
from plsim.core.errors import PlsimError, printable
from plsim.core.threads import one_thread

INTERRUPTED = 130
ALLOCATIONS = 20_000
"""New objects after which Python looks for circles of dead ones; at its own 700, imports alone pay for hundreds."""
MOST_LINES = 20
"""Lines of one message; whoever mends these sees the next."""

COMMANDS = {
    "run": ("plsim.cli.run", "Run a scenario beside its counterfactual."),
    "compare": ("plsim.cli.compare", "Compare scenarios on the same schools, and explain the differences."),
    "districts": ("plsim.cli.districts", "Run a scenario in many districts."),
    "study": ("plsim.cli.study", "Run a study: sensitivity, attribution, grids, virtual studies."),
    "report": ("plsim.cli.report", "Write the report of a result folder, as one HTML page."),
    "explore": ("plsim.cli.explore", "Explore decisions and teach with them, in the browser."),
    "list": (
        "plsim.cli.list",
        "List scenarios, experiments, practices, levers, parameters, outcomes or facts.",
    ),
    "check": ("plsim.cli.check", "Validate files without running them."),
    "sample": ("plsim.cli.sample", "Write an invented district as NWEA, OneRoster or roster files."),
    "norms": ("plsim.cli.norms", "Check that typical practice reproduces the norms."),
    "calibrate": ("plsim.cli.calibrate", "Find the sets of assumptions that agree best with the published evidence."),
    "validate": ("plsim.cli.validate", "Compare published facts, claims and open data with the simulation."),
}
"""Module and one line of help of every command, in the order in which a newcomer meets them."""


class LazyGroup(click.Group):
    """Commands from :data:`COMMANDS`, and the one place that turns errors into messages and exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, from its module's ``command``."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The help's list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Parse and run; what the system refuses (a full disk under standard output) is one message, no traceback."""
        one_thread()
        gc.set_threshold(ALLOCATIONS)
        atexit.register(gc.freeze)  # what is left goes with the process, without being looked through twice
        try:
            try:
                return super().main(*args, **kwargs)
            finally:
                if sys.stdout is not None:  # closed from the start
                    sys.stdout.flush()
        except OSError as error:
            where = printable(str(error.filename)) if error.filename else "standard output"
            click.echo(f"plsim: {where}: {error.strerror or error}", err=True)
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left would be tried again at exit
            sys.exit(1)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; errors made for people become one message and an exit status, never a traceback."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # names of files may be no text
        try:
            return super().invoke(ctx)
        except PlsimError as error:
            first, *others = str(error).splitlines() or [""]
            click.echo("\n".join([f"plsim: {first}", *others[: MOST_LINES - 1]]), err=True)
            if len(others) >= MOST_LINES:
                click.echo(f"... and {len(others) - MOST_LINES + 1:,} more.", err=True)
            ctx.exit(error.exit_status)
        except KeyboardInterrupt:
            click.echo("plsim: interrupted; finished work has been kept.", err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="plsim")
def main() -> None:
    """Simulate schools that personalize learning: what works, for whom, where, and at what cost.

    Start with: plsim run one_school_demo
    """


if __name__ == "__main__":
    sys.exit(main())
