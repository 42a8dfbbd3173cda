"""The words of the explorer in the reader's language: one catalogue for each, English being the key."""
