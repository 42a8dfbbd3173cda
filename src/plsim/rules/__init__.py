"""How people and schools behave: compiled functions of plain numbers, one topic a file, put in order by ``week``."""
