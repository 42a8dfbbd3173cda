"""``plsim report``: the result folder of a run or of a study as one page."""

from __future__ import annotations

from pathlib import Path

import click

from plsim.cli.interrupt import interruptible


@click.command("report")
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
def command(*, folder: Path) -> None:
    """Write FOLDER/report.html: one page that needs no network, for people who decide.

    FOLDER is what `plsim run` or `plsim study` wrote. Prints where the page is.
    """

    def written() -> Path:
        from plsim.report.study.folder import is_study

        if is_study(folder):
            from plsim.report.study.page import write_study_report

            return write_study_report(folder)
        from plsim.report.page import write_report

        return write_report(folder)

    click.echo(str(interruptible(written, message="plsim: interrupted; no page was written.")))
