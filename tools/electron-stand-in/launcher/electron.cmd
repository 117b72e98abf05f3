@echo off
set "ELECTRON_STAND_IN_EXECUTABLE=%~f0"
set "INSPECT="
for %%a in (%*) do (
  echo %%~a | findstr /b /c:"--inspect" >nul && set "INSPECT=%%~a"
)
"%~dp0node.exe" %INSPECT% --unhandled-rejections=warn --disable-warning=ExperimentalWarning "%~dp0stand-in\host.mjs" %*
