"""``python -m plsim``."""

from plsim.cli.main import main

if __name__ == "__main__":
    main()
