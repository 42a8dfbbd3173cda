"""Tests of the explorer; a package, so that its servers stop when the last of them is over."""
