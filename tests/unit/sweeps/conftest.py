"""Tasks for sweeps lie in a module that worker processes can import too; spawned ones take over the search path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
