#!/usr/bin/env bash
# From a file of labelled texts to a tuned model beside prompted ones: check, split, tune, run, table.
#
#   examples/from_a_file.sh ROWS.jsonl FOLDER [EPOCHS]
#
# ROWS.jsonl has one {"text": ..., "label": ...} per line, a few hundred of them. FOLDER is where the
# suite is made. Needs the extras local and tune, no account and no network. docs/from-a-file.md.
set -euo pipefail
rows=$(realpath "$1")
mkdir -p "$2/suites/intents/prompts" && cd "$2"
epochs=${3:-4}

echo "# What is wrong with the rows?"
harness data check "$rows"

echo "# Train, validation and test, by label; duplicates stay together."
harness data split "$rows" --label label --shares 60,15,25 --out suites/intents/data

labels=$(cut -d'"' -f8 "$rows" | sort -u | paste -sd, | sed 's/,/, /g')
cat > suites/intents/suite.toml <<TOML
title = "Intent of a message"
[data]
train = "data/train.jsonl"
validation = "data/validation.jsonl"
test = "data/test.jsonl"
columns = { input = { text = "text" }, expected = "label" }
[scorer]
primary = "exact"
exact = { casefold = true }
[models.gemma]
endpoint = "local"
model = "gemma-3-270m"
[arms.zero_shot]
model = "gemma"
form = "completion"
prompt = "instruction"
sampling = { max_tokens = 12, temperature = 0, stop = ["\n"] }
[arms.few_shot]
extends = "zero_shot"
prompt = "examples"
shots = { policy = "stratified", k = 10, seeds = [1] }
[arms.fine_tuned]
extends = "zero_shot"
prompt = "tuned"
training = "lora"
[arms.classical]
model = "tfidf_logreg"
[trainings.lora]
completion = " {{ expected }}"
hyperparameters = { epochs = $epochs }
TOML
cat > suites/intents/prompts/instruction.j2 <<J2
Say what the customer's message is about. Answer with one of: $labels.

Message: {{ text }}
Intent:
J2
cat > suites/intents/prompts/examples.j2 <<'J2'
{% for shot in shots %}
Message: {{ shot.text }}
Intent: {{ shot.expected }}

{% endfor %}
Message: {{ text }}
Intent:
J2
cat > suites/intents/prompts/tuned.j2 <<'J2'
Message: {{ text }}
Intent:
J2

echo "# What would tuning take?"
harness tune intents fine_tuned --estimate
echo "# Tune."
harness tune intents fine_tuned
echo "# Ask every arm, record its replies, and compare."
harness run intents --record
harness check intents
