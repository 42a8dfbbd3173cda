"""What a calibration found, as tables for people and as the two files of worlds that ship."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from plsim import __version__
from plsim.calibration.bank import facts_digest
from plsim.calibration.calibrate import Calibration, Sizes
from plsim.calibration.identification import Identification
from plsim.calibration.leave_out import by_kind
from plsim.calibration.likelihood import Target
from plsim.calibration.one_number import Leading, leading, number
from plsim.calibration.posterior import Posterior
from plsim.calibration.recovery import Predicted, Recovery
from plsim.core.arrays import Floats
from plsim.core.files import json_bytes, write_file
from plsim.engine.worlds import NOT_NARROWED, model_digest, model_parts
from plsim.evidence import Parameter
from plsim.evidence.worlds import PROVENANCE_FILE, WORLDS_FILE, sealed

SHARES = (0.05, 0.5, 0.95)
_NAMES = ("low", "median", "high")


def published(target: Target) -> str:
    """What was found, in a few words."""
    if target.kind == "value":
        return f"{target.value:.3g} ± {target.se:.2g}"
    if target.kind == "interval":
        ends = [f"at least {target.low:.3g}"] if np.isfinite(target.low) else []
        ends += [f"at most {target.high:.3g}"] if np.isfinite(target.high) else []
        return " and ".join(ends)
    if target.kind == "rank":
        return "comes first"
    where = f"{target.value:.3g}" if target.value else "0"
    return f"above {where}" if target.side > 0 else f"below {where}"


def fact_table(of: Calibration) -> pd.DataFrame:
    """Each fact in the prior, in the posterior and in the worlds that were run in full; 90% intervals and medians.

    A sign is shown as the distance to its found side, a rank as the lead over the next. ``share`` is of worlds that
    are on the found side or inside the interval.
    """
    rows = []
    prior_ = of.posterior.candidates.means
    off = learned_discrepancies(of)
    for target in of.targets:
        row: dict[str, Any] = {
            "fact": target.fact,
            "study": target.study,
            "kind": target.kind,
            "published": published(target),
            "discrepancy": off[target.fact],
        }
        emulated = number(target, prior_)[:, np.newaxis]
        spreads = {
            "prior": np.quantile(emulated, SHARES, axis=0)[:, 0],
            "posterior": of.posterior.quantiles(emulated, SHARES)[:, 0],
            "doubled": of.doubled.quantiles(emulated, SHARES)[:, 0],
            "worlds": np.quantile(number(target, of.full_size), SHARES),
        }
        for name, spread in spreads.items():
            row |= {f"{name}_{at}": float(value) for at, value in zip(_NAMES, spread, strict=True)}
        row["outside_prior"] = _outside(target, spreads["prior"])
        row["share"] = float(_agrees(target, number(target, of.full_size), off[target.fact]).mean())
        rows.append(row)
    return pd.DataFrame(rows)


def learned_discrepancies(of: Calibration) -> dict[str, float]:
    """How far off the model is expected to be in each fact, in the fact's unit, as the facts together say."""
    drawn, weights = of.posterior.discrepancies, of.posterior.drawn
    return {target.fact: float(weights @ drawn.of(target)) for target in of.targets}


def leading_table(of: Calibration) -> pd.DataFrame:
    """The parameter that each fact hangs on most over the prior."""
    found: tuple[Leading, ...] = leading(of.prior.keys, of.bank.points, of.bank.values, of.targets)
    return pd.DataFrame([{"fact": one.fact, "parameter": one.parameter, "r": one.r} for one in found])


def foretold_table(found: tuple[Predicted, ...]) -> pd.DataFrame:
    """How often left-out studies of truths that are none of the model's lay where they were predicted."""
    return pd.DataFrame(
        [
            {"truths": one.truths, "held_50": one.held[0], "held_90": one.held[1], "studies": one.studies}
            for one in found
        ]
    )


def _outside(target: Target, spread: Floats) -> bool:
    """Whether what was found lies outside the 90% band of the prior."""
    if target.kind == "value":
        return bool(target.value < spread[0] or target.value > spread[2])
    low, high = (target.low, target.high) if target.kind == "interval" else (0.0, np.inf)
    return bool(spread[2] < low or spread[0] > high)


def _agrees(target: Target, numbers: Floats, discrepancy: float) -> Floats:
    if target.kind == "value":
        scale = 1.645 * float(np.hypot(target.se, discrepancy))
        return np.asarray(np.abs(numbers - target.value) <= scale, np.float64)
    low, high = (target.low, target.high) if target.kind == "interval" else (0.0, np.inf)
    return np.asarray((numbers >= low) & (numbers <= high), np.float64)


def parameter_table(of: Calibration, found: Identification) -> pd.DataFrame:
    """Each parameter: prior range, posterior interval, how much of its prior spread is left, and what narrows it."""
    rows = []
    ends = np.stack([found.low, found.middle, found.high])
    values = of.prior.values(ends)
    for column, parameter in enumerate(of.prior.parameters):
        gain = found.without[:, column] - found.left[column]
        most = int(np.argmax(gain))
        rows.append(
            {
                "parameter": parameter.key,
                "unit": parameter.unit,
                "prior_low": parameter.low,
                "prior_high": parameter.high,
                **{f"posterior_{name}": float(values[at, column]) for at, name in enumerate(_NAMES)},
                "in_words": in_words(of.posterior, parameter, column, values[:, column]),
                "spread_left": float(found.left[column]),
                "identified": bool(found.left[column] <= NOT_NARROWED),
                "most_narrowed_by": found.facts[most] if gain[most] > 0.01 else "",
            }
        )
    return pd.DataFrame(rows)


def in_words(of: Posterior, parameter: Parameter, column: int, spread: Floats) -> str:
    """What worlds have of a parameter: median and 90% interval (``spread``), or how often each form of a rule."""
    if not parameter.forms:
        low, middle, high = spread.tolist()
        return f"{middle:.3g} ({low:.3g} to {high:.3g})"
    places = of.candidates.points[:, column]
    shares = {
        name: float(of.weights[places == parameter.place(number)].sum()) for number, name in enumerate(parameter.forms)
    }
    return ", ".join(f"{name} {share:.0%}" for name, share in shares.items())


def narrowing_table(found: Identification) -> pd.DataFrame:
    """Leave one fact out: how much of its prior spread each parameter then keeps, beside what it keeps with all."""
    return pd.DataFrame(
        [
            {"fact": fact, "parameter": key, "left_without": float(without), "left": float(left)}
            for fact, row in zip(found.facts, found.without, strict=True)
            for key, without, left in zip(found.keys, row, found.left, strict=True)
        ]
    )


def combination_table(found: Identification, *, most: int = 6, parts: int = 4) -> pd.DataFrame:
    """The directions that the evidence narrows most, and what they are made of."""
    rows = []
    for place, each in enumerate(found.combinations[:most], start=1):
        order = np.argsort(-np.abs(each.loadings))[:parts]
        made_of = ", ".join(f"{each.loadings[at]:+.2f} {found.keys[at]}" for at in order)
        rows.append({"direction": place, "left": each.left, "made_of": made_of})
    return pd.DataFrame(rows)


def emulator_table(of: Calibration) -> pd.DataFrame:
    """Held-out error of every emulator, after the bank and after the wave."""
    return pd.DataFrame(
        {
            "statistic": of.statistics,
            "spread": of.bank.values.std(axis=0),
            "error_bank": of.first.error,
            "error": of.emulator.error,
            "explained": of.emulator.explained,
            "trees": [tree is not None for tree in of.emulator.trees],
        }
    )


def recovery_table(prior_: Recovery, posterior_: Recovery) -> pd.DataFrame:
    """Coverage of 90% intervals and uniformity of ranks, around the prior and around the posterior."""
    return pd.DataFrame(
        {
            "parameter": prior_.keys,
            "covered_prior": prior_.covered,
            "uniform_prior": prior_.uniform,
            "covered_posterior": posterior_.covered,
            "uniform_posterior": posterior_.uniform,
        }
    )


def provenance(of: Calibration, sizes: Sizes, found: Identification, *, seconds: float) -> dict[str, Any]:
    """Where the worlds come from, and what the evidence pins down."""
    table = fact_table(of)
    return {
        "schema_version": 1,
        "plsim": __version__,
        "worlds": len(of.chosen),
        "model_digest": model_digest(),
        "model": model_parts(),
        "facts_digest": facts_digest(),
        "seed": sizes.seed,
        "bank": int(of.bank.points.shape[0]),
        "wave": int(of.wave.points.shape[0]),
        "candidates": sizes.candidates,
        "effective_size": of.posterior.effective_size,
        "effective_size_doubled": of.doubled.effective_size,
        "reduced": sizes.reduced,
        "drawn": int(of.full.points.shape[0]),
        "effective_size_in_full": of.effective_size,
        "different_worlds": len(np.unique(of.chosen)),
        "log_likelihood": np.round(of.log_in_full[of.chosen], 6).tolist(),
        "seconds": round(seconds),
        "prior": {each.key: [each.low, each.high, each.shape] for each in of.prior.parameters},
        "spread_left": {key: round(float(left), 4) for key, left in zip(found.keys, found.left, strict=True)},
        "discrepancy": {
            kind: round(value, 4) for kind, value in by_kind(of.posterior.discrepancies, of.posterior.drawn).items()
        },
        "discrepancy_of": {fact: round(value, 4) for fact, value in of.discrepancy_of.items()},
        "one_number": json.loads(leading_table(of).round(3).to_json(orient="records")),
        "leave_out": rounded_numbers(of.predicted.document()),
        "facts": json.loads(table.round(5).to_json(orient="records")),
    }


def rounded_numbers(document: Any) -> Any:
    """Plain values with every number to four digits after the point."""
    if isinstance(document, dict):
        return {key: rounded_numbers(value) for key, value in document.items()}
    if isinstance(document, list):
        return [rounded_numbers(value) for value in document]
    return round(document, 4) if isinstance(document, float) else document


def table_of_worlds(keys: Sequence[str], values: Floats) -> str:
    """A table of worlds, one a row, as CSV. ``values`` has shape (worlds, keys)."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(keys)
    for row in values.tolist():
        writer.writerow([f"{value:.6g}" for value in row])
    return stream.getvalue()


def write_worlds(of: Calibration, said: dict[str, Any], folder: Path) -> None:
    """The two files of worlds, under the names of those that ship."""
    text = table_of_worlds(of.prior.keys, of.worlds)
    write_file(folder / WORLDS_FILE.name, text.encode())
    # Numbers as they come back from the file, for the digest is made of those.
    document = json.loads(json_bytes(said))
    write_file(folder / PROVENANCE_FILE.name, json_bytes(sealed(text, document)))
