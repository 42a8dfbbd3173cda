"""Statements of the documents this project answers, each an executable check."""
