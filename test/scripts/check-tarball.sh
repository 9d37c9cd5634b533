#!/bin/bash
# Packs the package with its prebuilt core and installs the tarball as a user would, on a PATH without compiler and
# CMake: it must load and compute. Without the prebuilt core it must say what to do, and that must work.
# Run `npm run prebuilds` first. Needs the npm registry for the dependencies.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! compgen -G 'prebuilds/*/*.node' > /dev/null; then
  echo 'no prebuilt core; run: npm run prebuilds' >&2
  exit 1
fi

mkdir "$work/bin" "$work/user"
for tool in node npm sh env uname; do
  ln -s "$(readlink -f "$(command -v "$tool")")" "$work/bin/$tool"
done
bare() { (cd "$work/user" && PATH=$work/bin "$@"); }

npm pack --silent --pack-destination "$work" > /dev/null
echo "tarball: $(du -k "$work"/caloscope-*.tgz | cut -f1) KiB"
echo '{ "private": true, "type": "module" }' > "$work/user/package.json"

load='import("caloscope/package.json", { with: { type: "json" } }).then(async ({ default: { name, version } }) => {
  await import("caloscope");
  console.log(name, version, "loads in Node", process.version);
})'

echo 'installing without compiler and without install scripts'
bare npm install --ignore-scripts --no-audit --no-fund --loglevel error "$work"/caloscope-*.tgz
bare node --no-warnings -e "$load"
bare node node_modules/caloscope/dist/cli/main.js inspect --json

echo 'installing with install scripts'
bare npm rebuild caloscope --loglevel error
bare node node_modules/caloscope/dist/cli/main.js --version

echo 'no prebuilt core, no compiler: the messages name the remedy'
mv "$work/user/node_modules/caloscope/prebuilds" "$work/prebuilds-aside"
for attempt in 'node node_modules/caloscope/packaging/install.mjs' 'node node_modules/caloscope/dist/cli/main.js inspect'; do
  # shellcheck disable=SC2086 # the words of the attempt are separate arguments
  if bare $attempt > "$work/said" 2>&1; then
    echo "\"$attempt\" succeeded without a core" >&2
    exit 1
  fi
  if ! grep --quiet 'node .*/caloscope/packaging/install.mjs' "$work/said"; then
    cat "$work/said" >&2
    echo "\"$attempt\" does not say what to do" >&2
    exit 1
  fi
done

echo 'no prebuilt core, with compiler: the remedy works'
# Without CUDA, which test:cuda compiles: it would take minutes more.
(cd "$work/user" && CALOSCOPE_CUDA=OFF node node_modules/caloscope/packaging/install.mjs > "$work/said" 2>&1) || {
  cat "$work/said" >&2
  exit 1
}
bare node node_modules/caloscope/dist/cli/main.js inspect --json
echo 'the tarball is sound'
