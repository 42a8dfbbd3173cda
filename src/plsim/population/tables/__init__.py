"""Tables that people keep: where they lie, their text and cells, what is wrong, what became of each row."""
