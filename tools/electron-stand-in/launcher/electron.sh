#!/bin/sh
# Electron stand-in: runs the program on the Node beside it, with the machine's own Chromium for its windows.
self=$(readlink -f "$0")
here=$(dirname "$self")

# The fuses are the digits of this file's last line, where @electron/fuses flips them.
fuses=$(tail -n 1 "$self" | tr -d '\001\011')
# Behind a mark of 32 characters, which stands in this file only once.
fuses=${fuses#\#????????????????????????????????}
run_as_node=$(printf %.1s "$fuses")
rest=${fuses#??}
node_options=$(printf %.1s "$rest")
rest=${rest#?}
inspect_arguments=$(printf %.1s "$rest")

if [ -n "$ELECTRON_RUN_AS_NODE" ] && [ "$run_as_node" = 1 ]; then
  exec "$here/node" "$@"
fi
[ "$node_options" = 1 ] || unset NODE_OPTIONS

inspect=
if [ "$inspect_arguments" = 1 ]; then
  for argument in "$@"; do
    case $argument in
      --) break ;;
      --inspect | --inspect=* | --inspect-brk | --inspect-brk=* | --inspect-port=*) inspect="$inspect $argument" ;;
    esac
  done
fi

ELECTRON_STAND_IN_EXECUTABLE=$self
export ELECTRON_STAND_IN_EXECUTABLE
# shellcheck disable=SC2086 # an inspect argument holds no blanks
exec "$here/node" $inspect --unhandled-rejections=warn --disable-warning=ExperimentalWarning "$here/stand-in/host.mjs" "$@"
