"""Two engines over one state: the compiled batch loop and the Mesa model."""
