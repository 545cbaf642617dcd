"""What the classes of ``lockstep.ml`` share."""

from typing import Any, Dict, Generic, List, Optional, TypeVar

from pyspark.ml.classification import _ClassificationSummary, _TrainingSummary
from pyspark.ml.common import _java2py
from pyspark.ml.linalg import Matrix
from pyspark.ml.util import HasTrainingSummary, JavaMLReadable, JavaMLWritable
from pyspark.ml.wrapper import JavaModel
from pyspark.sql import DataFrame

E = TypeVar("E", bound="NetworkEstimator[Any]")
S = TypeVar("S")
R = TypeVar("R")

#: The Java package of the classes.
JAVA_PACKAGE = "dev.lockstep.spark.ml"


class NetworkEstimator(JavaMLWritable, JavaMLReadable[R], Generic[R]):
    """An estimator whose Java class has the same name."""

    _java_obj: Any = None

    def _start(self: E, given: Dict[str, Any]) -> None:
        self._java_obj = self._new_java_obj(f"{JAVA_PACKAGE}.{type(self).__name__}", self.uid)
        self._use(given)

    def _use(self: E, given: Dict[str, Any]) -> E:
        """Sets the Params that are given; None leaves one as it is."""
        values = {name: value for name, value in given.items() if value is not None}
        if isinstance(values.get("initialModel"), JavaModel):
            self.setInitialModel(values.pop("initialModel"))
        return self._set(**values)

    def setInitialModel(self: E, value: Any) -> E:
        """Sets :py:attr:`initialModel`.

        Parameters
        ----------
        value : str or model
            The path of a model, or a model that need not be saved (not through Spark Connect).
        """
        if isinstance(value, JavaModel):
            self._java_obj.setInitialModel(value._java_obj.savedModel())
            value = self._java_obj.getInitialModel()
        return self._set(initialModel=value)


class NetworkModel(JavaMLWritable, JavaMLReadable[R], HasTrainingSummary[S], Generic[R, S]):
    """What both models have."""

    def __init__(self, java_model: Optional[Any] = None) -> None:
        super().__init__(java_model)
        # Through Spark Connect it is the name that the server has for the model.
        if java_model is not None and not isinstance(java_model, str):
            self._transfer_params_from_java()

    def _transfer_params_from_java(self) -> None:
        super()._transfer_params_from_java()
        # The defaults of a model are its own: the columns that it was trained on.
        for param in self.params:
            java_param = self._java_obj.getParam(param.name)
            if self._java_obj.hasDefault(java_param):
                value = self._java_obj.getDefault(java_param).get()
                if param.typeConverter.__name__.startswith("toList"):
                    value = list(value)
                self._setDefault(**{param.name: value})

    @property
    def sha256(self) -> str:
        """The fingerprint of the model's numbers: equal ones mean models equal in every bit."""
        return self._call_java("sha256")

    @property
    def featureColumns(self) -> List[str]:
        """The columns of the features as :py:meth:`importance` and ``attributionsCol`` know them, in order."""
        return list(self._call_java("featureColumns"))

    def importance(self, dataset: DataFrame, repeats: int = 5, seed: int = 0) -> DataFrame:
        """How much the model needs each column, the most important one first: by how much the mean loss grows
        (``lossIncrease``) and the score gets worse (``scoreLoss``) where the cells of the column are exchanged
        between rows.

        Parameters
        ----------
        dataset : pyspark.sql.DataFrame
            Rows with their labels; those of validation rather than those of training.
        repeats : int
            Permutations a column.
        seed : int
            Decides the permutations.
        """
        self._transfer_params_to_java()
        return self._call_java("importance", dataset, repeats, seed)

    def weights(self) -> Dict[str, Matrix]:
        """What the network has learned, by name: ``dense_1.weight`` of shape [inputs, units] and so on. Copies."""
        from pyspark import SparkContext

        context = SparkContext._active_spark_context
        found = self._java_obj.weights()
        return {str(name): _java2py(context, found[name]) for name in found}


class NetworkSummary(_TrainingSummary):
    """How a training went, epoch by epoch."""

    @property
    def figures(self) -> List[str]:
        """The names of what is known of each epoch: ``loss``, ``validationLoss``, ``seconds`` and so on."""
        return list(self._call_java("figures"))

    def figure(self, name: str) -> List[float]:
        """One of the :py:attr:`figures`, a value an epoch; NaN where an epoch has none."""
        return list(self._call_java("figure", name))


class ClassificationSummary(_ClassificationSummary, NetworkSummary):
    """The same, and how good the classes of the training rows are."""
