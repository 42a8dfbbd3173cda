"""Store the golden runs anew: `python tests/golden/regenerate.py --why "the reason, in a sentence"`.

Says how far every headline moves, and writes reason and moves under Results in CHANGELOG.md. Without a reason it only
shows. First explain a change, then store it: never store to get green.
"""

# ruff: noqa: T201 - a script that tells what moved

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from golden_runs import RUNS, STORED, measured, moved

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"
HEADING = "### Results\n"
_SHOWN = 3


def main() -> None:
    """Measure, show, and store if there is a reason."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--why", default="", help="why results moved, in a sentence")
    why = options.parse_args().why.strip().rstrip(".")
    stored: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {"runs": {}}
    now = {name: measured(golden) for name, golden in RUNS.items()}
    empty: dict[str, Any] = {"headlines": {}, "means": {}}
    changed = {name: moved(stored["runs"].get(name, empty), found) for name, found in now.items()}
    for name, lines in changed.items():
        print(f"{name}: {len(lines)} numbers moved" if lines else f"{name}: as stored")
        for line in lines[:_SHOWN]:
            print(f"  {line}")
    if not any(changed.values()) and stored.get("runs", {}).keys() == now.keys():
        print("Nothing to store.")
        return
    if not why:
        print('Not stored. To store: python tests/golden/regenerate.py --why "the reason, in a sentence"')
        return
    reason = f"{why[:1].upper()}{why[1:]}."
    document = {"why": reason, "runs": now}
    STORED.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    _tell(reason, stored["runs"], now)
    print(f"Stored, and told under Results in {CHANGELOG.name}.")


def _tell(reason: str, before: dict[str, Any], now: dict[str, Any]) -> None:
    """The reason and how far effects moved, first under Results."""
    moves = []
    for name, found in now.items():
        last = [key for key in found["headlines"] if key.startswith("achievement, both")][-1]
        old = before.get(name, {}).get("headlines", {}).get(last)
        new = found["headlines"][last]
        if old is not None and abs(new - old) >= 5e-5:
            moves.append(f"{name} {old:+.4f} to {new:+.4f} SD")
    line = f"- {reason}" + (f" Golden runs, last year: {'; '.join(moves)}." if moves else "") + "\n"
    text = CHANGELOG.read_text(encoding="utf-8")
    place = text.index(HEADING) + len(HEADING) + 1
    CHANGELOG.write_text(text[:place] + line + text[place:], encoding="utf-8")


if __name__ == "__main__":
    main()
