"""Documents and tables as bytes of files."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from plsim.core.files import columns_bytes, json_bytes, parquet_bytes

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


COLUMNS = {
    "text": np.array(["é", "", "long " * 9, "a"], object),
    "fixed": np.array(["K", "1", "10", "K"]),
    "same": np.broadcast_to(np.array("b", object), 4),
    "whole": np.arange(8)[::2],
    "small": np.arange(4, dtype=np.int16),
    "number": np.array([0.1, np.nan, -0.0, np.inf]),
    "all": np.array([0.1, 2.0, 3.0, 4.0]),
    "true": np.array([True, False, False, True]),
}


@pytest.mark.parametrize("rows", [0, 1, 4])
def test_columns_are_written_as_pandas_would(rows: int) -> None:
    columns = {name: values[:rows] for name, values in COLUMNS.items()}
    ours, theirs = columns_bytes(columns), parquet_bytes(pd.DataFrame(columns).astype({"text": "str", "same": "str"}))
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(ours)), pd.read_parquet(io.BytesIO(theirs)))
    tables = [pq.read_table(io.BytesIO(each)).replace_schema_metadata() for each in (ours, theirs)]
    assert [column.null_count for column in tables[0]] == [column.null_count for column in tables[1]]
    tables[0].validate(full=True)


def test_many_columns_of_more_rows_than_a_byte_has_bits() -> None:
    values = np.arange(1_001.0)
    values[::3] = np.nan
    columns = {"number": values, "true": values > 500.0, "text": values.astype(str)}
    table = pq.read_table(io.BytesIO(columns_bytes(columns)))
    table.validate(full=True)
    pd.testing.assert_frame_equal(table.to_pandas(), pd.DataFrame(columns))
