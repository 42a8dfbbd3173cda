#!/bin/sh
# Double-click (choose "Run in terminal"), or: sh start-here/start-linux.sh
cd "$(dirname "$0")" || exit 1
for python in python3.13 python3.12 python3.11 python3; do
  if command -v "$python" >/dev/null 2>&1 &&
    "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
    exec "$python" launch.py "$@"
  fi
done
echo "plsim needs Python 3.11, 3.12 or 3.13, and none was found on this computer."
echo "Debian, Ubuntu: sudo apt install python3 python3-venv     Fedora: sudo dnf install python3"
[ -t 0 ] && { printf 'Press Enter to close this window. '; read -r _; }
exit 1
