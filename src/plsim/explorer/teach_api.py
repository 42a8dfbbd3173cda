"""Demonstrations and the classroom: what "Teach with it" asks the server for."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(prefix="/api/teach", tags=["teach"])
