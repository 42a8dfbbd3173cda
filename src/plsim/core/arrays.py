"""Types of arrays, by what they hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Keys = NDArray[np.uint64]
"""Persistent numbers of people and seats, from which their random numbers are drawn."""
Int32s = NDArray[np.int32]
Int16s = NDArray[np.int16]
Int8s = NDArray[np.int8]
Labels = NDArray[np.object_]

Column = NDArray[Any]
"""Of a table: texts (objects or fixed width), truth values or numbers."""
