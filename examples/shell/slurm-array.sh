#!/bin/bash
# One job for each generated sample of a folder, resumed where the time limit cut it off:
#
#     sbatch --array=0-9 slurm-array.sh geant4.hdf5 generated/ results/ --features high
#
# Words behind the three are options of `caloscope evaluate`.
#SBATCH --cpus-per-task=8 --time=02:00:00 --signal=TERM@120 --requeue
set -euo pipefail
reference=$1 samples=$2 results=$3
shift 3
files=("$samples"/*.hdf5)
file=${files[${SLURM_ARRAY_TASK_ID:?run it by sbatch --array}]}
mkdir -p "$results"
caloscope evaluate "$reference" "$file" --out "$results/$(basename "$file" .hdf5)" --resume "$@"
