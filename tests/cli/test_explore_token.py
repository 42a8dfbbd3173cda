"""The token of a server that others can reach."""

from __future__ import annotations

import pytest

from plsim.cli.explore import _token
from plsim.core.errors import InputError


def test_without_a_word_of_its_own_every_server_has_another_token(monkeypatch):
    monkeypatch.delenv("PLSIM_TOKEN", raising=False)
    assert len(_token()) >= 32
    assert _token() != _token()


def test_a_districts_own_token_is_taken_and_a_weak_one_refused(monkeypatch):
    monkeypatch.setenv("PLSIM_TOKEN", "a-word-of-the-district")
    assert _token() == "a-word-of-the-district"
    for weak in ("short", "with some blanks in it", "naïve-but-long-enough"):
        monkeypatch.setenv("PLSIM_TOKEN", weak)
        with pytest.raises(InputError, match="PLSIM_TOKEN"):
            _token()
