#!/usr/bin/env bash
# What: events of NLO generators have weights of both signs. roc_auc_score of scikit-learn answers nan where all rows of a sample have a
#       negative weight, with the warning that the sample is not there; a single negative weight raises a ValueError about an axis that does
#       not rise, or none, depending on where its row lies among the scores.
# Versions: scikit-learn 1.9.1, SciPy 1.17.1, NumPy 2.4.6. Seen 2026-11-29.
# Seen: nan and "No negative samples in y_true"; ValueError "x is neither increasing nor decreasing"; behind a tie a number, no word.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
venv/bin/python - 2> errors << 'PY' > said || { tail -3 errors; exit 2; }
import warnings
import numpy as np
from sklearn.metrics import roc_auc_score

reference = np.repeat([0, 1], 200)
scores = np.concatenate([np.linspace(0, 1, 200), np.linspace(0.3, 1.3, 200)])

def auc(weights, scores=scores):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter('always')
        try:
            value = roc_auc_score(reference, scores, sample_weight=weights)
            answer = 'nan' if np.isnan(value) else 'a number'
        except ValueError as error:
            answer = 'ValueError ' + str(error).split(' :')[0]
    return '; '.join([answer, *(str(warning.message).split(',')[0] for warning in said)])

ones = np.ones(400)
one_negative = ones.copy()
one_negative[150] = -0.5
tied = scores.copy()
tied[151] = tied[150]
print('all 1:', auc(ones))
print('a sample all negative:', auc(np.where(reference == 0, -ones, ones)))
print('one negative:', auc(one_negative))
print('one negative, tied:', auc(one_negative, tied))
PY
cat said
printf '%s\n' 'all 1: a number' 'a sample all negative: nan; No negative samples in y_true' \
  'one negative: ValueError x is neither increasing nor decreasing' 'one negative, tied: a number' | diff - said || { echo 'changed'; exit 1; }
echo 'as described'
