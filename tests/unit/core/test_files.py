"""Documents as bytes of files."""

from __future__ import annotations

import json

import pytest

from plsim.core.files import json_bytes

DOCUMENT = {
    "name": 'a "quoted"\nname',
    "rows": [{"a": 1, "b": None, "c": "é\n"}, {"a": 2.5, "b": [1, {"d": []}]}],
    "nested": {"deep": [1, 2], "words": "one\ntwo"},
    "empty": [],
    "mixed": [{"a": 1}, 2],
}


def test_a_document_reads_back_and_a_table_has_a_line_a_row() -> None:
    written = json_bytes(DOCUMENT)
    assert json.loads(written) == DOCUMENT
    lines = written.decode().splitlines()
    assert lines[2:6] == [
        ' "rows": [',
        '  {"a": 1, "b": null, "c": "é\\n"},',
        '  {"a": 2.5, "b": [1, {"d": []}]}',
        " ],",
    ]
    assert '  "deep": [' in lines
    assert json.loads(json_bytes({})) == {}


def test_what_is_no_number_is_refused_and_what_is_no_text_is_escaped() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_bytes({"rows": [{"value": float("nan")}]})
    assert json.loads(json_bytes({"path": "Donn\udce9es"}))["path"] == "Donn\udce9es"
