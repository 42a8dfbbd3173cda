"""The Mesa engine: the readable, subclassable twin of the compiled one."""
