#!/usr/bin/env bash
# What: XGBClassifier that stopped early predicts with the trees up to its best round and saves them all. xgboost.Booster on that file,
#       which is how a classifier reaches another program, predicts with all of them: other probabilities, other weights of showers,
#       those of an overtrained classifier. XGBClassifier.load_model and LightGBM's files keep to the best round.
# Versions: xgboost 3.2.0, lightgbm 4.7.0, scikit-learn 1.9.1, NumPy 2.4.6. Seen 2026-11-29.
# Seen: largest change of a probability above 0.1 with Booster, none with XGBClassifier; LightGBM's file has as many trees as its best round.
# Ends 0 while this is so, 1 when the behavior changed, 2 when it could not be tried.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
python3 -m venv venv && venv/bin/pip install -q xgboost-cpu==3.2.0 lightgbm==4.7.0 scikit-learn==1.9.1 numpy==2.4.6 > pip.log 2>&1 || { tail -3 pip.log; exit 2; }
venv/bin/python -W ignore - 2> errors << 'PY' > said || { tail -3 errors; exit 2; }
import lightgbm, numpy as np, xgboost

rng = np.random.default_rng(3)
columns = rng.normal(size=(600, 4)).astype('f4')
from_geant4 = (columns[:, 0] + rng.normal(size=600) > 0).astype(int)
train, stop = slice(0, 300), slice(300, 600)
classifier = xgboost.XGBClassifier(n_estimators=300, learning_rate=0.9, early_stopping_rounds=8, n_jobs=1)
classifier.fit(columns[train], from_geant4[train], eval_set=[(columns[stop], from_geant4[stop])], verbose=False)
classifier.save_model('trees.json')
same = xgboost.XGBClassifier()
same.load_model('trees.json')
booster = xgboost.Booster(model_file='trees.json')
told = classifier.predict_proba(columns[stop])[:, 1]
print('Booster differs', np.abs(booster.predict(xgboost.DMatrix(columns[stop])) - told).max() > 0.1)
print('XGBClassifier differs', np.abs(same.predict_proba(columns[stop])[:, 1] - told).max() > 1e-6)
print('rounds after the best in the file', booster.num_boosted_rounds() - classifier.best_iteration - 1)
data = lightgbm.Dataset(columns[train], from_geant4[train])
trees = lightgbm.train({'objective': 'binary', 'learning_rate': 0.9, 'verbose': -1, 'num_threads': 1}, data, 300,
                       valid_sets=[lightgbm.Dataset(columns[stop], from_geant4[stop], reference=data)], callbacks=[lightgbm.early_stopping(8, verbose=False)])
trees.save_model('trees.txt')
print('LightGBM', lightgbm.Booster(model_file='trees.txt').num_trees() - trees.best_iteration)
PY
cat said
printf '%s\n' 'Booster differs True' 'XGBClassifier differs False' 'rounds after the best in the file 8' 'LightGBM 0' | diff - said || { echo 'changed'; exit 1; }
echo 'as described'
