#!/bin/sh
# make.sh THALWEG FOLDER [SET...]: trains the weights that ship, from nothing, in FOLDER.
#
#   default         four stages: unrolls get longer, learning rates larger, and minibatches more frequent
#   coordinatewise  one level only: what came before the paper
#   no-attention  no-timescales  no-scaling  no-global    one part left out each
#   networks        goes on from default: small networks in its corpus, scored by all their rows, long unrolls
#
# The ablations have the settings and the number of iterations of the snapshot `full` of the first stage, so that
# those six can be compared.  Every stage resumes where it was stopped, and ends with the same bits on any number of
# threads of the same kind of processor.  Checkpoints were chosen with `thalweg eval --suite validation` alone.
set -eu
thalweg=$1 folder=$2
shift 2
[ $# -gt 0 ] || set -- default full coordinatewise no-attention no-timescales no-scaling no-global networks
mkdir -p "$folder"

FIRST=lr_min=3e-5,lr_max=0.6,meta_lr=2e-3,half_life=10000
LAST=diverged_at=1e20,warmup=200,unroll_mean=60,unrolls_mean=8
# Where minibatches disagree, short unrolls teach a learning rate that falls for the gain of the next steps, until
# nothing moves.  So they are scored by all rows, and unrolls get long.
NOISY=unroll_mean=100,unroll_max=300,unrolls_mean=10,all_rows=on
LONG=unroll_min=100,unroll_mean=500,unroll_max=1500,unrolls_mean=3,all_rows=on
FULL=4000

# stage NAME ITERATIONS OPTION...: trains it unless it is there; its weights are NAME/weights.safetensors
stage() {
  name=$1 iterations=$2
  shift 2
  if [ -f "$folder/$name/checkpoint" ]; then
    "$thalweg" train --resume "$folder/$name" --iterations "$iterations"
  else
    "$thalweg" train --out "$folder/$name" --iterations "$iterations" "$@"
  fi
}

ablation() {
  stage "$1" $FULL --seed 1 --config "$FIRST,$2"
}

for set in "$@"; do
  case $set in
  default)
    stage first 12000 --seed 1 --config $FIRST
    stage second 20000 --init "$folder/first/weights.safetensors" --corpus refine --seed 2 \
      --config lr_min=3e-4,lr_max=0.5,meta_lr=1e-3,half_life=10000,$LAST
    stage third 5000 --init "$folder/second/weights.safetensors" --corpus refine --seed 3 \
      --config lr_min=1e-3,lr_max=1,meta_lr=5e-4,half_life=4000,$LAST
    stage default 9000 --init "$folder/third/weights.safetensors" --corpus minibatches --seed 5 \
      --config lr_min=3e-4,lr_max=1,meta_lr=7e-4,half_life=4000,$LAST
    ;;
  full) stage full $FULL --seed 1 --config $FIRST ;;
  coordinatewise) ablation $set hidden=20 ;;
  no-attention) ablation $set attention=off ;;
  no-timescales) ablation $set scales=1 ;;
  no-scaling) ablation $set input_scaling=off,log_ms=off ;;
  no-global) ablation $set hidden=10x30 ;;
  networks)
    stage networks-first 1646 --init "$folder/default/weights.safetensors" --corpus networks --seed 12 \
      --config lr_min=3e-4,lr_max=0.3,meta_lr=7e-4,half_life=1500,groups=4,diverged_at=1e20,warmup=200,$NOISY,average=0.998
    stage networks 3000 --init "$folder/networks-first/weights.safetensors" --corpus networks --seed 14 \
      --config lr_min=3e-4,lr_max=0.3,meta_lr=7e-4,half_life=500,diverged_at=1e20,warmup=50,$LONG,average=0.97,groups=4
    ;;
  *)
    echo "make.sh: there is no set \"$set\"" >&2
    exit 2
    ;;
  esac
done
