"""One digest of all evidence, for the manifest of a result."""

from __future__ import annotations

import hashlib

from plsim.evidence.facts import FACTS_FILE
from plsim.evidence.norms import NORMS_FILE
from plsim.evidence.registry import Registry, registry


def evidence_digest(parameters: Registry | None = None) -> str:
    """Digest of the parameters (of the shipped registry if none are given), the norms and the facts."""
    digest = hashlib.blake2b(digest_size=12)
    digest.update((registry() if parameters is None else parameters).digest().encode())
    for path in (NORMS_FILE, FACTS_FILE):
        # A checkout on Windows may have other line ends; the evidence is the same.
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
