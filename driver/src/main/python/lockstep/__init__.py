"""Lockstep in PySpark: neural networks that train synchronously, to the same bits on any cluster.

The classes wrap those of the same names in ``dev.lockstep.spark.ml``. They are shipped at the root of the driver's jar,
so ``--packages`` makes this package importable.

Examples
--------
>>> from lockstep import NeuralNetworkClassifier
>>> flowers = spark.read.format("libsvm").load("conf/examples/data/flowers.libsvm")
>>> model = NeuralNetworkClassifier(layers=[4, 16, 3], stepSize=0.05, batchSize=16).fit(flowers)
>>> model.transform(flowers).select("label", "prediction")
DataFrame[label: double, prediction: double]
"""

import sys

from lockstep import ml
from lockstep.ml import (
    NeuralNetworkClassificationModel,
    NeuralNetworkClassificationTrainingSummary,
    NeuralNetworkClassifier,
    NeuralNetworkRegressionModel,
    NeuralNetworkRegressionTrainingSummary,
    NeuralNetworkRegressor,
)
from lockstep.sql import register_function

__all__ = [
    "NeuralNetworkClassificationModel",
    "NeuralNetworkClassificationTrainingSummary",
    "NeuralNetworkClassifier",
    "NeuralNetworkRegressionModel",
    "NeuralNetworkRegressionTrainingSummary",
    "NeuralNetworkRegressor",
    "register_function",
]

# PySpark finds the Python class of a stage, in a pipeline that it loads, by the name of the Java class.
sys.modules.setdefault("dev.lockstep.spark.ml", ml)
