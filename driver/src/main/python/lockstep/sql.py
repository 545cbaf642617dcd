"""Models as functions of SQL."""

from typing import Union

from pyspark.sql import SparkSession

from lockstep.ml import NeuralNetworkClassificationModel, NeuralNetworkRegressionModel

__all__ = ["register_function"]


def register_function(
    spark: SparkSession,
    name: str,
    model: Union[str, NeuralNetworkClassificationModel, NeuralNetworkRegressionModel],
) -> None:
    """Gives a session a function of SQL, in place of one of this name.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        The session, which is not one of Spark Connect.
    name : str
        As queries call it.
    model : str or model
        The path of a model that the command line or spark.ml has saved, or a model.

    Examples
    --------
    >>> register_function(spark, "flowers", "models/flowers")
    >>> spark.sql("SELECT flowers(petal, sepal, stem, leaf).prediction FROM garden")
    DataFrame[prediction: int]
    """
    functions = spark._jvm.dev.lockstep.spark.predict.LockstepFunctions
    functions.register(
        spark._jsparkSession, name, model if isinstance(model, str) else model._java_obj.savedModel()
    )
