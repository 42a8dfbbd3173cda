"""Every number about the world: the registry of parameters, NWEA's norms, and the published facts.

``registry()`` holds what the rules are made of, ``norms()`` what typical practice must reproduce, and ``facts()`` what
published studies found. Nothing here knows how the model works.
"""

from plsim.evidence.digest import evidence_digest
from plsim.evidence.facts import CONFIDENCES, ROLES, Fact, fact, facts, load_facts
from plsim.evidence.norms import Norms, load_norms, norms
from plsim.evidence.registry import BOUNDS, GRADES_OF_EVIDENCE, Parameter, Registry, load_registry, registry

__all__ = [
    "BOUNDS",
    "CONFIDENCES",
    "GRADES_OF_EVIDENCE",
    "ROLES",
    "Fact",
    "Norms",
    "Parameter",
    "Registry",
    "evidence_digest",
    "fact",
    "facts",
    "load_facts",
    "load_norms",
    "load_registry",
    "norms",
    "registry",
]
