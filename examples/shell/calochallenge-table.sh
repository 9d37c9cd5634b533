#!/bin/bash
# A table as the CaloChallenge asks for of each submission: AUC of the classifiers on voxels and on physics columns, and the observable that is
# described worst. Markdown on stdout, results in FOLDER/low/… and FOLDER/high/…, where they are not there yet:
#
#     calochallenge-table.sh FOLDER geant4.hdf5 submission1.hdf5 submission2.hdf5 …
#
# CALOSCOPE_OPTIONS: options of `caloscope evaluate`, such as "--split 60/20/20".
set -euo pipefail
folder=$1 reference=$2
shift 2
mkdir -p "$folder/low" "$folder/high"
read -r -a options <<< "${CALOSCOPE_OPTIONS:-}"
printf '| submission | AUC low | AUC high | largest separation | of |\n|---|---|---|---|---|\n'
for submission in "$@"; do
  name=$(basename "$submission" .hdf5)
  for features in low high; do
    result=$folder/$features/$name
    [ -e "$result/result.json" ] || caloscope evaluate "$reference" "$submission" --out "$result" --features "$features" --quiet ${options[@]+"${options[@]}"}
  done
  node - "$name" "$folder"/{low,high}/"$name"/result.json << 'JS'
const { readFileSync } = require('node:fs');
const [name, ...files] = process.argv.slice(2);
const [low, high] = files.map((file) => JSON.parse(readFileSync(file, 'utf8')));
const auc = ({ auc: { value, standardError } }) => `${value.toFixed(3)} ± ${standardError.toFixed(3)}`;
const worst = high.observables.reduce((most, one) => (one.separation.generated > most.separation.generated ? one : most));
console.log(`| ${name} | ${auc(low)} | ${auc(high)} | ${worst.separation.generated.toExponential(2)} | ${worst.label} |`);
JS
done
