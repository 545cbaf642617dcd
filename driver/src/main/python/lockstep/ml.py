"""Estimators and models of spark.ml. Their Params are in ``lockstep.params``."""

from typing import Any, List

from pyspark.ml.classification import (
    _JavaProbabilisticClassificationModel,
    _JavaProbabilisticClassifier,
)
from pyspark.ml.linalg import Vector
from pyspark.ml.regression import _JavaRegressionModel, _JavaRegressor

from lockstep._base import (
    JAVA_PACKAGE,
    ClassificationSummary,
    NetworkEstimator,
    NetworkModel,
    NetworkSummary,
)
from lockstep.params import (
    ClassifierArguments,
    ClassUncertaintyParams,
    FeatureParams,
    NumberUncertaintyParams,
    RegressorArguments,
    TargetParams,
    TrainingParams,
)

__all__ = [
    "NeuralNetworkClassificationModel",
    "NeuralNetworkClassificationTrainingSummary",
    "NeuralNetworkClassifier",
    "NeuralNetworkRegressionModel",
    "NeuralNetworkRegressionTrainingSummary",
    "NeuralNetworkRegressor",
]


class NeuralNetworkClassificationTrainingSummary(ClassificationSummary):
    """How the training of a :py:class:`NeuralNetworkClassificationModel` went: Spark's own summary of a perceptron,
    and what was measured in each epoch."""


class NeuralNetworkRegressionTrainingSummary(NetworkSummary):
    """How the training of a :py:class:`NeuralNetworkRegressionModel` went."""


class NeuralNetworkClassificationModel(
    NetworkModel["NeuralNetworkClassificationModel", NeuralNetworkClassificationTrainingSummary],
    _JavaProbabilisticClassificationModel[Vector],
    FeatureParams,
    ClassUncertaintyParams,
):
    """A trained network that predicts classes. Made by :py:class:`NeuralNetworkClassifier`, or loaded: from what
    ``write`` wrote, and from the directory that the command ``train`` writes."""

    @property
    def labels(self) -> List[str]:
        """Names of the classes in the order of their indexes; none if they are called by their index."""
        return list(self._call_java("labels"))

    @property
    def summary(self) -> NeuralNetworkClassificationTrainingSummary:
        """How the training went.

        Raises
        ------
        RuntimeError
            If that is not known, as of a model that the command line has trained.
        """
        if not self.hasSummary:
            raise RuntimeError(f"{self.uid}: it is not known how the model was trained")
        return NeuralNetworkClassificationTrainingSummary(super().summary)


class NeuralNetworkRegressionModel(
    NetworkModel["NeuralNetworkRegressionModel", NeuralNetworkRegressionTrainingSummary],
    _JavaRegressionModel[Vector],
    FeatureParams,
    NumberUncertaintyParams,
):
    """A trained network that predicts numbers. Made by :py:class:`NeuralNetworkRegressor`, or loaded: from what
    ``write`` wrote, and from the directory that the command ``train`` writes. Where it predicts several numbers, its
    columns hold vectors."""

    @property
    def numTargets(self) -> int:
        """How many numbers are predicted."""
        return self._call_java("numTargets")

    def predictAll(self, value: Vector) -> Vector:
        """Predicts all numbers of one row."""
        return self._call_java("predictAll", value)

    @property
    def summary(self) -> NeuralNetworkRegressionTrainingSummary:
        """How the training went.

        Raises
        ------
        RuntimeError
            If that is not known, as of a model that the command line has trained.
        """
        if not self.hasSummary:
            raise RuntimeError(f"{self.uid}: it is not known how the model was trained")
        return NeuralNetworkRegressionTrainingSummary(super().summary)


class NeuralNetworkClassifier(
    ClassifierArguments,
    NetworkEstimator["NeuralNetworkClassifier"],
    _JavaProbabilisticClassifier[NeuralNetworkClassificationModel],
    TrainingParams,
    FeatureParams,
    ClassUncertaintyParams,
):
    """Trains a network that predicts classes. Either ``layers`` or ``network`` says which network.

    The same rows, Params and seed give the same model bit for bit, however the rows are partitioned.

    Examples
    --------
    >>> classifier = NeuralNetworkClassifier(layers=[4, 16, 3], stepSize=0.05, batchSize=16)
    >>> model = classifier.setMaxIter(20).fit(flowers)
    >>> model.numClasses
    3
    """

    def _create_model(self, java_model: Any) -> NeuralNetworkClassificationModel:
        return NeuralNetworkClassificationModel(java_model)


class NeuralNetworkRegressor(
    RegressorArguments,
    NetworkEstimator["NeuralNetworkRegressor"],
    _JavaRegressor[NeuralNetworkRegressionModel],
    TrainingParams,
    FeatureParams,
    NumberUncertaintyParams,
    TargetParams,
):
    """Trains a network that predicts numbers: one, or several where ``labelCols`` names them.

    The same rows, Params and seed give the same model bit for bit, however the rows are partitioned.

    Examples
    --------
    >>> regressor = NeuralNetworkRegressor(layers=[4, 16, 1], labelCol="height")
    >>> model = regressor.setSettings(["data.scale=standardise"]).fit(flowers)
    >>> model.numTargets
    1
    """

    def _create_model(self, java_model: Any) -> NeuralNetworkRegressionModel:
        return NeuralNetworkRegressionModel(java_model)


# PySpark, through Spark Connect too, names the Java class of a stage by the module and the name of the Python class.
for _stage in (
    NeuralNetworkClassificationModel,
    NeuralNetworkClassifier,
    NeuralNetworkRegressionModel,
    NeuralNetworkRegressor,
):
    _stage.__module__ = JAVA_PACKAGE
