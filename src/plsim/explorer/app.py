"""The explorer's server: the page, its files and its programming interface."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from plsim import __version__
from plsim.core.errors import InputError, PlsimError
from plsim.explorer.decisions import compare_api, explore_api, practices_api
from plsim.explorer.decisions.evaluations import Evaluations
from plsim.explorer.export import export_api
from plsim.explorer.languages import catalogue
from plsim.explorer.languages.answers import Languages, LocalizedJSON
from plsim.explorer.server.requests import ScenarioRequest
from plsim.explorer.server.safety import LOOPBACK, Guard
from plsim.explorer.server.scheduler import Scheduler, Superseded
from plsim.explorer.server.uploads import Uploads
from plsim.explorer.teaching import teach_api
from plsim.explorer.teaching.demonstration_files import LoadedDemonstration
from plsim.explorer.teaching.votes import Votes

FIRST = ScenarioRequest()
STATIC = Path(__file__).resolve().parent / "static"
SCREENS = ("explore", "practices", "teach", "classroom", "game")
"""What the page shows under ``/#/explore`` and so on, as ``static/main.js`` lists it."""
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


def create_app(
    *,
    hosts: Iterable[str] = LOOPBACK,
    token: str = "",
    demonstrations: dict[str, LoadedDemonstration] | None = None,
    first: ScenarioRequest | None = FIRST,
    votes: Votes | None = None,
) -> FastAPI:
    """The application.

    Parameters
    ----------
    hosts
        Names under which it may be asked for; empty: any, for which a token is needed.
    token
        What who asks must know; empty on loopback.
    demonstrations
        What to teach with; those that come with plsim when None.
    first
        What is likely to be asked first: its evaluation is begun before anybody asks. None waits.
    votes
        Votes of an audience, which another server takes in; None: nobody may vote.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.scheduler = Scheduler()
        app.state.uploads = Uploads()
        app.state.exports = export_api.Exports()
        app.state.votes = Votes() if votes is None else votes
        app.state.teaching = teach_api.Teaching(demonstrations)
        app.state.evaluations = Evaluations(app.state.scheduler, app.state.uploads)
        if first is not None:
            app.state.scheduler.urgent(partial(app.state.evaluations.prepare, first))
        yield
        app.state.scheduler.close()
        app.state.uploads.close()

    app = FastAPI(
        title="plsim explorer",
        version=__version__,
        description="Scenarios of schools that personalize learning, simulated on this machine.",
        docs_url=None,  # FastAPI's own pages load scripts from another host
        redoc_url=None,
        default_response_class=LocalizedJSON,
        lifespan=lifespan,
    )
    app.add_middleware(Languages)
    app.add_middleware(Guard, hosts=tuple(hosts), token=token)
    app.include_router(explore_api.router)
    app.include_router(compare_api.router)
    app.include_router(practices_api.router)
    app.include_router(teach_api.router)
    app.include_router(export_api.router)
    _answer_errors(app)
    _serve_files(app)
    return app


def _serve_files(app: FastAPI) -> None:
    """The page's own files: names are looked up in a list made here, so no path from a request reaches the disk."""
    files = {path.name: path for path in STATIC.iterdir() if path.suffix in _TYPES}

    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        return FileResponse(files["index.html"], media_type=_TYPES[".html"])

    async def typed(request: Request) -> Response:
        """A screen's address typed without its ``#``."""
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/#{request.url.path}{query}")

    for screen in SCREENS:
        app.add_api_route(f"/{screen}", typed, include_in_schema=False)

    words = {f"{language}.json": catalogue.part(language, catalogue.PAGES) for language in catalogue.LANGUAGES}

    @app.get("/static/{name}", include_in_schema=False)
    async def static(name: str) -> Response:
        path = files.get(name)
        if name in words:
            return JSONResponse(words[name])
        if path is None:
            return JSONResponse({"problem": "No such file."}, status_code=404)
        return FileResponse(path, media_type=_TYPES[path.suffix])


def _answer_errors(app: FastAPI) -> None:
    """Every error as ``{"problem": sentence}``: what is wrong with the input, or that a run failed."""

    @app.exception_handler(PlsimError)
    async def of_ours(_: Request, error: PlsimError) -> JSONResponse:
        return JSONResponse({"problem": str(error)}, status_code=422 if isinstance(error, InputError) else 409)

    @app.exception_handler(Superseded)
    async def of_superseded(_: Request, __: Superseded) -> JSONResponse:
        text = "A newer request of the same page took the place of this one."
        return JSONResponse({"problem": text, "superseded": True}, status_code=409)

    @app.exception_handler(RequestValidationError)
    async def of_request(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        return JSONResponse({"problem": f"{where or 'request'}: {first['msg']}"[:1000]}, status_code=422)

    @app.exception_handler(HTTPException)
    async def of_http(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"problem": str(error.detail)}, status_code=error.status_code)
