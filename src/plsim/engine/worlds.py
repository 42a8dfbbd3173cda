"""Over which worlds results are taken: the evidence-consistent ones that ship, or the priors until there are any.

Worlds belong to the rules and the registry that they were calibrated with. When either has changed they are no longer
evidence for anything, and the priors, labelled as such, take their place.
"""

from __future__ import annotations

import hashlib
from functools import cache

from plsim.core.errors import InputError
from plsim.core.identity import MODEL, program_digest
from plsim.engine.parameters import PRIOR_LABEL, World, prior_worlds
from plsim.evidence import registry
from plsim.evidence.worlds import StoredWorlds, stored_worlds

CALIBRATED_LABEL = "evidence-consistent"
NOT_NARROWED = 0.9
"""A parameter that keeps more than this share of its prior spread is not identified by the evidence."""
_NOT_OF_THE_MODEL = ("prices", "districts")


@cache
def model_digest() -> str:
    """Digest of what worlds depend on: the rules and the engine around them, and every number they read.

    Of programs, not of texts: a comment or a docstring changes no result.
    """
    digest = hashlib.blake2b(program_digest(MODEL), digest_size=12)
    for entry in registry():
        if entry.group not in _NOT_OF_THE_MODEL:
            # Of an uncertain number worlds know the range; its central value is only where the central world stands.
            said = (entry.low, entry.high, entry.shape) if entry.uncertain else (entry.value,)
            digest.update(repr((entry.key, *said)).encode())
    return digest.hexdigest()


@cache
def calibrated() -> StoredWorlds | None:
    """The shipped worlds, if they belong to this model; else None."""
    stored = stored_worlds()
    return stored if stored is not None and stored.provenance["model_digest"] == model_digest() else None


def worlds(count: int, seed: int) -> tuple[World, ...]:
    """The worlds of a result.

    Parameters
    ----------
    count
        How many; the first of those that ship, so that results with the same count share their worlds.
    seed
        Chooses prior worlds, where none ship.

    Raises
    ------
    InputError
        When more are asked for than ship.
    """
    stored = calibrated()
    if stored is None:
        return prior_worlds(count, seed)
    if count > len(stored.values):
        raise InputError("--worlds", "", f"got {count}", allowed=f"0 to {len(stored.values)}, the worlds that ship")
    return tuple(
        World(f"world-{index}", dict(zip(stored.keys, row.tolist(), strict=True)))
        for index, row in enumerate(stored.values[:count])
    )


def label() -> str:
    """What the worlds are, in a few words, for wherever a result over them is shown."""
    return PRIOR_LABEL if calibrated() is None else CALIBRATED_LABEL


def unidentified() -> tuple[str, ...]:
    """Uncertain parameters that the evidence hardly narrows; all of them, where no worlds ship."""
    stored = calibrated()
    if stored is None:
        return tuple(parameter.key for parameter in registry().uncertain())
    return tuple(key for key, left in stored.narrowing.items() if left > NOT_NARROWED)


def meaning_of(world_label: str) -> str:
    """What an interval over worlds with a label says, and what it does not."""
    if world_label == CALIBRATED_LABEL:
        return (
            "sets of assumptions that agree with the published facts as well as the model can. What holds in all of "
            "them holds if the model is right; a share of worlds is not a probability."
        )
    return (
        "sets of assumptions that span what is plausible, not what the evidence leaves; a share of worlds is not a "
        "probability."
    )


def worlds_digest() -> str:
    """Identity of the worlds that results are taken over, for the manifest of a result."""
    stored = calibrated()
    if stored is None:
        return "prior"
    return hashlib.blake2b(stored.values.tobytes(), digest_size=12).hexdigest()
