"""``plsim report``: the result folder of a run or of a study as one page."""

from __future__ import annotations

from pathlib import Path

import click

from plsim.cli.interrupt import interruptible
from plsim.cli.progress import phases
from plsim.core.phases import phase


@click.command("report")
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@click.option("--memo", is_flag=True, help="A board memo: one printed page, of a run or of a comparison.")
def command(*, folder: Path, memo: bool) -> None:
    """Write FOLDER/report.html, one self-contained page for decision makers.

    FOLDER is what `plsim run` or `plsim study` wrote; with --memo also what `plsim compare` wrote, and the page is
    FOLDER/memo.html. Prints its path.
    """

    def written() -> Path:
        if memo:
            from plsim.report.memo import write_memo

            return write_memo(folder)
        from plsim.report.study.folder import is_study

        if is_study(folder):
            from plsim.report.study.page import write_study_report

            return write_study_report(folder)
        from plsim.report.page import write_report

        return write_report(folder)

    with phases(wanted=True), phase("Writing the page"):
        path = interruptible(written, message="plsim: interrupted; no report was written.")
    click.echo(str(path))
