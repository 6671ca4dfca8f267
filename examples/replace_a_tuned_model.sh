#!/usr/bin/env bash
# A tuned model's base is being switched off: does a prompted model replace it? From recorded replies
# to the verdict, on a copy of the shipped suite. docs/replacing-a-tuned-model.md
#
#   examples/replace_a_tuned_model.sh FOLDER
#
# Needs no account, no network and no model: every reply is a recorded one.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1/suites" && cp -r "$project/suites/review_stars" "$1/suites/" && cp "$project/harness.toml" "$1/"
cd "$1"

echo "# 1. What the tuned model says is recorded. It stays an arm, and it is what is in production."
sed -i.bak 's/^\[arms.fine_tuned\]$/&\nfrozen = true/; /^\[gate\]/,$d' suites/review_stars/suite.toml
cat >> suites/review_stars/suite.toml <<'TOML'
[gate]                           # the incumbent is what production.toml names
candidate = "few_shot_similar"
goal = "not_worse"
margin = 0.05
TOML
harness check review_stars
harness promote review_stars fine_tuned --reason "in production since it was tuned"

echo "# 2. Which of the prompted arms is to try? That is chosen on validation, not on the test split."
harness select review_stars --arm zero_shot --arm few_shot --arm few_shot_similar

echo "# 3. May it replace the tuned model?"
harness gate review_stars || echo "exit code $?"

echo "# 4. What would be lost: the cases, and both replies to them."
harness compare review_stars --arm fine_tuned --arm few_shot_similar --reference fine_tuned --cases 3

echo "# 5. And no language model at all?"
harness gate review_stars --candidate classical || echo "exit code $?"

echo "# 6. Every question that was put to the test split is on record."
wc -l < baselines/review_stars/decisions.jsonl
