"""Invented districts in the formats that plsim reads."""
