"""One reader for the TOML documents that people write: text, lines, problems."""
