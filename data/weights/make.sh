#!/bin/sh
# make.sh THALWEG FOLDER [SET...]: trains the weights that ship, from nothing, in FOLDER.
#
#   default         eight stages: unrolls get longer, learning rates larger, and minibatches more frequent
#   coordinatewise  one level only: what came before the paper
#   no-attention  no-timescales  no-scaling  no-global    one part left out each
#   networks        goes on from the fourth stage of default, with small networks in its corpus
#
# The ablations have the settings and the number of iterations of the snapshot `full` of the first stage, so that
# those six can be compared.  Every stage resumes where it was stopped, and ends with the same bits on any number of
# threads of the same kind of processor.  Checkpoints were chosen with `thalweg eval --suite validation`, and by the
# last losses of its two networks on Fashion-MNIST after 2000 steps.
set -eu
thalweg=$1 folder=$2
shift 2
[ $# -gt 0 ] || set -- default full coordinatewise no-attention no-timescales no-scaling no-global networks
mkdir -p "$folder"

FIRST=lr_min=3e-5,lr_max=0.6,meta_lr=2e-3,half_life=10000
LAST=diverged_at=1e20,warmup=200,unroll_mean=60,unrolls_mean=8
# Where minibatches disagree, short unrolls teach a learning rate that falls for the gain of the next steps, until
# nothing moves.  So problems with minibatches are scored by all rows, and unrolls go from the start of a run to steps
# in the thousands.  The learning rate still falls too early for runs as long as those: what it costs comes last, and
# counts little in a mean over the run.  lr_bias makes up for it; 0.06 is the largest of 0.02, 0.04, 0.06, 0.1 and 0.15
# that cost nothing on the landscapes of the suite `validation`.  Where noise dwarfs the gradient the learning rate must not
# rise at the start.  What all weights learn of that costs networks their last digits; the initial memories alone
# (stage eighth) do not reach that far, and with them 0.02 of the bias can be given back.
#
# first_step bounds the initial learning rate of n coordinates by 0.2/sqrt(n).  The network knows learning rates only
# relative to their mean, so it can't tell a first step that is too long from one that is not until it was made, and may
# not come back from it: on mlp,data=iris,hidden=100x100 lr=0.1 ends at 0.45 after 150 steps without the bound, with it
# at 2e-6.
NOISY=diverged_at=1e20,all_rows=on
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

# set_only NAME FROM SEED CONFIG OPTION...: settings of the weights alone; its one iteration changes nothing else
set_only() {
  name=$1 from=$2 seed=$3 config=$4
  shift 4
  stage "$name" 1 --init "$folder/$from/weights.safetensors" --seed "$seed" "$@" --config "$config,meta_lr=1e-12,groups=1"
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
    stage fourth 9000 --init "$folder/third/weights.safetensors" --corpus minibatches --seed 5 \
      --config lr_min=3e-4,lr_max=1,meta_lr=7e-4,half_life=4000,$LAST
    stage fifth 882 --init "$folder/fourth/weights.safetensors" --corpus minibatches --seed 32 \
      --config lr_min=3e-4,lr_max=1,meta_lr=3e-4,half_life=700,groups=4,warmup=50,unroll_min=50,unroll_mean=400,unroll_max=1500,unrolls_mean=3,average=0.98,$NOISY
    stage sixth 50 --init "$folder/fifth/weights.safetensors" --corpus noisy --seed 33 \
      --config lr_min=3e-4,lr_max=1,meta_lr=3e-4,half_life=500,groups=8,warmup=20,unroll_min=150,unroll_mean=800,unroll_max=3000,unrolls_mean=1.3,average=0.98,$NOISY
    stage seventh 140 --init "$folder/sixth/weights.safetensors" --corpus noisy-small --seed 36 \
      --config lr_min=3e-4,lr_max=1,meta_lr=2e-4,half_life=350,groups=16,warmup=20,unroll_min=200,unroll_mean=1000,unroll_max=3000,unrolls_mean=1,average=0.99,margin=0.005,lr_bias=0.06,$NOISY
    stage eighth 200 --init "$folder/seventh/weights.safetensors" --corpus noisy-slow --seed 61 \
      --config lr_min=5e-4,lr_max=0.2,meta_lr=5e-3,half_life=200,groups=16,warmup=10,unroll_min=50,unroll_mean=200,unroll_max=500,unrolls_mean=1,average=0.97,only=param_rnn.init+tensor_rnn.init+global_rnn.init,$NOISY
    set_only biased eighth 70 lr_bias=-0.02
    set_only default biased 71 first_step=0.2
    ;;
  full) stage full $FULL --seed 1 --config $FIRST ;;
  coordinatewise) ablation $set hidden=20 ;;
  no-attention) ablation $set attention=off ;;
  no-timescales) ablation $set scales=1 ;;
  no-scaling) ablation $set input_scaling=off,log_ms=off ;;
  no-global) ablation $set hidden=10x30 ;;
  networks)
    stage networks-first 1646 --init "$folder/fourth/weights.safetensors" --corpus networks --seed 12 \
      --config lr_min=3e-4,lr_max=0.3,meta_lr=7e-4,half_life=1500,groups=4,warmup=200,unroll_mean=100,unroll_max=300,unrolls_mean=10,average=0.998,$NOISY
    stage networks-second 3000 --init "$folder/networks-first/weights.safetensors" --corpus networks --seed 14 \
      --config lr_min=3e-4,lr_max=0.3,meta_lr=7e-4,half_life=500,groups=4,warmup=50,unroll_min=100,unroll_mean=500,unroll_max=1500,unrolls_mean=3,average=0.97,$NOISY
    set_only networks-biased networks-second 16 lr_bias=0.03 --corpus networks
    set_only networks networks-biased 17 first_step=0.2 --corpus networks
    ;;
  *)
    echo "make.sh: there is no set \"$set\"" >&2
    exit 2
    ;;
  esac
done
