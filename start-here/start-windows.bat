@echo off
rem Double-click. Windows may warn about an unknown publisher: More info, Run anyway.
cd /d "%~dp0"
for %%v in (3.13 3.12 3.11) do (
  py -%%v -c "" >nul 2>nul && (
    py -%%v launch.py %*
    goto ended
  )
)
python -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" >nul 2>nul && (
  python launch.py %*
  goto ended
)
echo plsim needs Python 3.11, 3.12 or 3.13, and none was found on this computer.
echo Install it from https://www.python.org/downloads/windows/ and double-click again.
pause
exit /b 1
:ended
if errorlevel 1 pause
