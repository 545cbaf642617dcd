"""The Params of the estimators and models. Generated from the Java Params by PythonPackageTest."""

from typing import Any, List, Optional, TypeVar, Union

from pyspark import keyword_only
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.param.shared import HasWeightCol
from pyspark.ml.wrapper import JavaModel

P = TypeVar("P", bound=Params)


class FeatureParams(Params):
    """The features, and how rows are predicted."""

    attributionsCol: "Param[str]" = Param(
        Params._dummy(),
        "attributionsCol",
        "column of the contributions of each feature column to the raw prediction, by "
        "integrated gradients: a vector, or an array with one for each class or number. "
        "Empty: not written",
        typeConverter=TypeConverters.toString,
    )

    featuresCols: "Param[List[str]]" = Param(
        Params._dummy(),
        "featuresCols",
        "several feature columns, in order, instead of featuresCol",
        typeConverter=TypeConverters.toListString,
    )

    handleInvalid: "Param[str]" = Param(
        Params._dummy(),
        "handleInvalid",
        "what to do with rows whose cells are missing or not finite: error, skip (leave them "
        "out), or keep (transform gives them null predictions, fit leaves them out)",
        typeConverter=TypeConverters.toString,
    )

    inferBatchSize: "Param[int]" = Param(
        Params._dummy(),
        "inferBatchSize",
        "rows in one pass through the network in transform; changes the speed, never a "
        "prediction",
        typeConverter=TypeConverters.toInt,
    )

    samples: "Param[int]" = Param(
        Params._dummy(),
        "samples",
        "predictive samples in transform, for networks with dropout or distributions over "
        "weights; 0: nothing is random",
        typeConverter=TypeConverters.toInt,
    )

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._setDefault(
            attributionsCol="",
            handleInvalid="error",
            inferBatchSize=256,
            samples=0,
        )

    def getAttributionsCol(self) -> str:
        """Gets :py:attr:`attributionsCol`, or its default."""
        return self.getOrDefault(self.attributionsCol)

    def setAttributionsCol(self: P, value: str) -> P:
        """Sets :py:attr:`attributionsCol`."""
        return self._set(attributionsCol=value)

    def getFeaturesCols(self) -> List[str]:
        """Gets :py:attr:`featuresCols`, or its default."""
        return self.getOrDefault(self.featuresCols)

    def setFeaturesCols(self: P, value: List[str]) -> P:
        """Sets :py:attr:`featuresCols`."""
        return self._set(featuresCols=value)

    def getHandleInvalid(self) -> str:
        """Gets :py:attr:`handleInvalid`, or its default."""
        return self.getOrDefault(self.handleInvalid)

    def setHandleInvalid(self: P, value: str) -> P:
        """Sets :py:attr:`handleInvalid`."""
        return self._set(handleInvalid=value)

    def getInferBatchSize(self) -> int:
        """Gets :py:attr:`inferBatchSize`, or its default."""
        return self.getOrDefault(self.inferBatchSize)

    def setInferBatchSize(self: P, value: int) -> P:
        """Sets :py:attr:`inferBatchSize`."""
        return self._set(inferBatchSize=value)

    def getSamples(self) -> int:
        """Gets :py:attr:`samples`, or its default."""
        return self.getOrDefault(self.samples)

    def setSamples(self: P, value: int) -> P:
        """Sets :py:attr:`samples`."""
        return self._set(samples=value)


class TrainingParams(HasWeightCol):
    """How a network is made and trained."""

    activation: "Param[str]" = Param(
        Params._dummy(),
        "activation",
        "activation of the hidden layers in layers, as in a job file",
        typeConverter=TypeConverters.toString,
    )

    batchSize: "Param[int]" = Param(
        Params._dummy(),
        "batchSize",
        "rows per step over all shards",
        typeConverter=TypeConverters.toInt,
    )

    checkpointDir: "Param[str]" = Param(
        Params._dummy(),
        "checkpointDir",
        "directory on any Hadoop file system for the state of the training after each epoch, "
        "from which the same fit resumes if the driver was lost; fit deletes the state at "
        "the end",
        typeConverter=TypeConverters.toString,
    )

    columns: "Param[str]" = Param(
        Params._dummy(),
        "columns",
        "types of the feature columns as YAML text, as in data.columns of a job file: {age: "
        "number, city: category}; or auto, which guesses the types of featuresCols",
        typeConverter=TypeConverters.toString,
    )

    frozenLayers: "Param[List[str]]" = Param(
        Params._dummy(),
        "frozenLayers",
        "layers of initialModel that training does not change: names, in which * stands for "
        "any characters",
        typeConverter=TypeConverters.toListString,
    )

    initialModel: "Param[str]" = Param(
        Params._dummy(),
        "initialModel",
        "path of a saved model of spark.ml or of the command line: training starts from its "
        "layers with the same names and shapes",
        typeConverter=TypeConverters.toString,
    )

    layers: "Param[List[int]]" = Param(
        Params._dummy(),
        "layers",
        "sizes of the layers from the features to the outputs, as in "
        "MultilayerPerceptronClassifier: [4, 5, 3] has 4 features, 5 hidden units and 3 "
        "outputs. Needed unless network is set",
        typeConverter=TypeConverters.toListInt,
    )

    maxIter: "Param[int]" = Param(
        Params._dummy(),
        "maxIter",
        "epochs: how often training uses each row",
        typeConverter=TypeConverters.toInt,
    )

    network: "Param[str]" = Param(
        Params._dummy(),
        "network",
        "the network as YAML text: the model of a job file, or its list of layers; instead "
        "of layers",
        typeConverter=TypeConverters.toString,
    )

    patience: "Param[int]" = Param(
        Params._dummy(),
        "patience",
        "epochs without a smaller validation loss (training loss without "
        "validationIndicatorCol) after which training ends with the model of the best epoch; "
        "never if unset",
        typeConverter=TypeConverters.toInt,
    )

    seed: "Param[int]" = Param(
        Params._dummy(),
        "seed",
        "decides initial weights and every other random number",
        typeConverter=TypeConverters.toInt,
    )

    settings: "Param[List[str]]" = Param(
        Params._dummy(),
        "settings",
        "further settings of a job file, KEY=VALUE as the command line's --set takes them: "
        "train.schedule=cosine, data.scale=standardise. Other Params override them",
        typeConverter=TypeConverters.toListString,
    )

    shards: "Param[int]" = Param(
        Params._dummy(),
        "shards",
        "logical shards of the rows: the upper bound of parallelism, and part of what "
        "decides the bits",
        typeConverter=TypeConverters.toInt,
    )

    solver: "Param[str]" = Param(
        Params._dummy(),
        "solver",
        "the update rule: adam, adamW, sgd, momentum, nesterov, rmsProp, adagrad, lamb",
        typeConverter=TypeConverters.toString,
    )

    stepSize: "Param[float]" = Param(
        Params._dummy(),
        "stepSize",
        "learning rate; the solver's own default if unset",
        typeConverter=TypeConverters.toFloat,
    )

    tol: "Param[float]" = Param(
        Params._dummy(),
        "tol",
        "by how much the loss must fall to count as progress for patience, which is 1 if "
        "only tol is set",
        typeConverter=TypeConverters.toFloat,
    )

    validationIndicatorCol: "Param[str]" = Param(
        Params._dummy(),
        "validationIndicatorCol",
        "boolean column that is true for validation rows, which are not used for training",
        typeConverter=TypeConverters.toString,
    )

    weightCol: "Param[str]" = Param(
        Params._dummy(),
        "weightCol",
        "column of the weights of the rows; rows of weight 0 are left out. If unset, each "
        "row weighs 1",
        typeConverter=TypeConverters.toString,
    )

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._setDefault(
            activation="relu",
            batchSize=128,
            frozenLayers=[],
            maxIter=10,
            seed=0,
            settings=[],
            shards=8,
            solver="adam",
        )

    def getActivation(self) -> str:
        """Gets :py:attr:`activation`, or its default."""
        return self.getOrDefault(self.activation)

    def setActivation(self: P, value: str) -> P:
        """Sets :py:attr:`activation`."""
        return self._set(activation=value)

    def getBatchSize(self) -> int:
        """Gets :py:attr:`batchSize`, or its default."""
        return self.getOrDefault(self.batchSize)

    def setBatchSize(self: P, value: int) -> P:
        """Sets :py:attr:`batchSize`."""
        return self._set(batchSize=value)

    def getCheckpointDir(self) -> str:
        """Gets :py:attr:`checkpointDir`, or its default."""
        return self.getOrDefault(self.checkpointDir)

    def setCheckpointDir(self: P, value: str) -> P:
        """Sets :py:attr:`checkpointDir`."""
        return self._set(checkpointDir=value)

    def getColumns(self) -> str:
        """Gets :py:attr:`columns`, or its default."""
        return self.getOrDefault(self.columns)

    def setColumns(self: P, value: str) -> P:
        """Sets :py:attr:`columns`."""
        return self._set(columns=value)

    def getFrozenLayers(self) -> List[str]:
        """Gets :py:attr:`frozenLayers`, or its default."""
        return self.getOrDefault(self.frozenLayers)

    def setFrozenLayers(self: P, value: List[str]) -> P:
        """Sets :py:attr:`frozenLayers`."""
        return self._set(frozenLayers=value)

    def getInitialModel(self) -> str:
        """Gets :py:attr:`initialModel`, or its default."""
        return self.getOrDefault(self.initialModel)

    def setInitialModel(self: P, value: str) -> P:
        """Sets :py:attr:`initialModel`."""
        return self._set(initialModel=value)

    def getLayers(self) -> List[int]:
        """Gets :py:attr:`layers`, or its default."""
        return self.getOrDefault(self.layers)

    def setLayers(self: P, value: List[int]) -> P:
        """Sets :py:attr:`layers`."""
        return self._set(layers=value)

    def getMaxIter(self) -> int:
        """Gets :py:attr:`maxIter`, or its default."""
        return self.getOrDefault(self.maxIter)

    def setMaxIter(self: P, value: int) -> P:
        """Sets :py:attr:`maxIter`."""
        return self._set(maxIter=value)

    def getNetwork(self) -> str:
        """Gets :py:attr:`network`, or its default."""
        return self.getOrDefault(self.network)

    def setNetwork(self: P, value: str) -> P:
        """Sets :py:attr:`network`."""
        return self._set(network=value)

    def getPatience(self) -> int:
        """Gets :py:attr:`patience`, or its default."""
        return self.getOrDefault(self.patience)

    def setPatience(self: P, value: int) -> P:
        """Sets :py:attr:`patience`."""
        return self._set(patience=value)

    def getSeed(self) -> int:
        """Gets :py:attr:`seed`, or its default."""
        return self.getOrDefault(self.seed)

    def setSeed(self: P, value: int) -> P:
        """Sets :py:attr:`seed`."""
        return self._set(seed=value)

    def getSettings(self) -> List[str]:
        """Gets :py:attr:`settings`, or its default."""
        return self.getOrDefault(self.settings)

    def setSettings(self: P, value: List[str]) -> P:
        """Sets :py:attr:`settings`."""
        return self._set(settings=value)

    def getShards(self) -> int:
        """Gets :py:attr:`shards`, or its default."""
        return self.getOrDefault(self.shards)

    def setShards(self: P, value: int) -> P:
        """Sets :py:attr:`shards`."""
        return self._set(shards=value)

    def getSolver(self) -> str:
        """Gets :py:attr:`solver`, or its default."""
        return self.getOrDefault(self.solver)

    def setSolver(self: P, value: str) -> P:
        """Sets :py:attr:`solver`."""
        return self._set(solver=value)

    def getStepSize(self) -> float:
        """Gets :py:attr:`stepSize`, or its default."""
        return self.getOrDefault(self.stepSize)

    def setStepSize(self: P, value: float) -> P:
        """Sets :py:attr:`stepSize`."""
        return self._set(stepSize=value)

    def getTol(self) -> float:
        """Gets :py:attr:`tol`, or its default."""
        return self.getOrDefault(self.tol)

    def setTol(self: P, value: float) -> P:
        """Sets :py:attr:`tol`."""
        return self._set(tol=value)

    def getValidationIndicatorCol(self) -> str:
        """Gets :py:attr:`validationIndicatorCol`, or its default."""
        return self.getOrDefault(self.validationIndicatorCol)

    def setValidationIndicatorCol(self: P, value: str) -> P:
        """Sets :py:attr:`validationIndicatorCol`."""
        return self._set(validationIndicatorCol=value)

    def getWeightCol(self) -> str:
        """Gets :py:attr:`weightCol`, or its default."""
        return self.getOrDefault(self.weightCol)

    def setWeightCol(self: P, value: str) -> P:
        """Sets :py:attr:`weightCol`."""
        return self._set(weightCol=value)


class ClassUncertaintyParams(Params):
    """How sure a classifier's model is."""

    entropyCol: "Param[str]" = Param(
        Params._dummy(),
        "entropyCol",
        "column of the entropy of the probabilities in nats; needs samples or an ensemble. "
        "Empty: not written",
        typeConverter=TypeConverters.toString,
    )

    mutualInformationCol: "Param[str]" = Param(
        Params._dummy(),
        "mutualInformationCol",
        "column of the epistemic part of the entropy, which more data would reduce; needs "
        "samples or an ensemble. Empty: not written",
        typeConverter=TypeConverters.toString,
    )

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._setDefault(
            entropyCol="",
            mutualInformationCol="",
        )

    def getEntropyCol(self) -> str:
        """Gets :py:attr:`entropyCol`, or its default."""
        return self.getOrDefault(self.entropyCol)

    def setEntropyCol(self: P, value: str) -> P:
        """Sets :py:attr:`entropyCol`."""
        return self._set(entropyCol=value)

    def getMutualInformationCol(self) -> str:
        """Gets :py:attr:`mutualInformationCol`, or its default."""
        return self.getOrDefault(self.mutualInformationCol)

    def setMutualInformationCol(self: P, value: str) -> P:
        """Sets :py:attr:`mutualInformationCol`."""
        return self._set(mutualInformationCol=value)


class NumberUncertaintyParams(Params):
    """How sure a regressor's model is."""

    aleatoricDeviationCol: "Param[str]" = Param(
        Params._dummy(),
        "aleatoricDeviationCol",
        "column of the aleatoric part of the deviation, the noise of the targets. Empty: not "
        "written",
        typeConverter=TypeConverters.toString,
    )

    epistemicDeviationCol: "Param[str]" = Param(
        Params._dummy(),
        "epistemicDeviationCol",
        "column of the epistemic part of the deviation, which more data would reduce. Empty: "
        "not written",
        typeConverter=TypeConverters.toString,
    )

    lower95Col: "Param[str]" = Param(
        Params._dummy(),
        "lower95Col",
        "column of the lower end of the 95 % credible interval. Empty: not written",
        typeConverter=TypeConverters.toString,
    )

    standardDeviationCol: "Param[str]" = Param(
        Params._dummy(),
        "standardDeviationCol",
        "column of the standard deviation of the prediction. Empty: not written",
        typeConverter=TypeConverters.toString,
    )

    upper95Col: "Param[str]" = Param(
        Params._dummy(),
        "upper95Col",
        "column of the upper end of the 95 % credible interval. Empty: not written",
        typeConverter=TypeConverters.toString,
    )

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._setDefault(
            aleatoricDeviationCol="",
            epistemicDeviationCol="",
            lower95Col="",
            standardDeviationCol="",
            upper95Col="",
        )

    def getAleatoricDeviationCol(self) -> str:
        """Gets :py:attr:`aleatoricDeviationCol`, or its default."""
        return self.getOrDefault(self.aleatoricDeviationCol)

    def setAleatoricDeviationCol(self: P, value: str) -> P:
        """Sets :py:attr:`aleatoricDeviationCol`."""
        return self._set(aleatoricDeviationCol=value)

    def getEpistemicDeviationCol(self) -> str:
        """Gets :py:attr:`epistemicDeviationCol`, or its default."""
        return self.getOrDefault(self.epistemicDeviationCol)

    def setEpistemicDeviationCol(self: P, value: str) -> P:
        """Sets :py:attr:`epistemicDeviationCol`."""
        return self._set(epistemicDeviationCol=value)

    def getLower95Col(self) -> str:
        """Gets :py:attr:`lower95Col`, or its default."""
        return self.getOrDefault(self.lower95Col)

    def setLower95Col(self: P, value: str) -> P:
        """Sets :py:attr:`lower95Col`."""
        return self._set(lower95Col=value)

    def getStandardDeviationCol(self) -> str:
        """Gets :py:attr:`standardDeviationCol`, or its default."""
        return self.getOrDefault(self.standardDeviationCol)

    def setStandardDeviationCol(self: P, value: str) -> P:
        """Sets :py:attr:`standardDeviationCol`."""
        return self._set(standardDeviationCol=value)

    def getUpper95Col(self) -> str:
        """Gets :py:attr:`upper95Col`, or its default."""
        return self.getOrDefault(self.upper95Col)

    def setUpper95Col(self: P, value: str) -> P:
        """Sets :py:attr:`upper95Col`."""
        return self._set(upper95Col=value)


class TargetParams(Params):
    """What a regressor predicts."""

    labelCols: "Param[List[str]]" = Param(
        Params._dummy(),
        "labelCols",
        "several columns of numbers to predict together, instead of labelCol",
        typeConverter=TypeConverters.toListString,
    )

    def getLabelCols(self) -> List[str]:
        """Gets :py:attr:`labelCols`, or its default."""
        return self.getOrDefault(self.labelCols)

    def setLabelCols(self: P, value: List[str]) -> P:
        """Sets :py:attr:`labelCols`."""
        return self._set(labelCols=value)


class ClassifierArguments:
    """Params as arguments by name; None leaves one as it is.

    Parameters
    ----------
    activation : str, optional
        activation of the hidden layers in layers, as in a job file
    attributionsCol : str, optional
        column of the contributions of each feature column to the raw prediction, by
        integrated gradients: a vector, or an array with one for each class or number.
        Empty: not written
    batchSize : int, optional
        rows per step over all shards
    checkpointDir : str, optional
        directory on any Hadoop file system for the state of the training after each epoch,
        from which the same fit resumes if the driver was lost; fit deletes the state at
        the end
    columns : str, optional
        types of the feature columns as YAML text, as in data.columns of a job file: {age:
        number, city: category}; or auto, which guesses the types of featuresCols
    entropyCol : str, optional
        column of the entropy of the probabilities in nats; needs samples or an ensemble.
        Empty: not written
    featuresCol : str, optional
        features column name
    featuresCols : List[str], optional
        several feature columns, in order, instead of featuresCol
    frozenLayers : List[str], optional
        layers of initialModel that training does not change: names, in which * stands for
        any characters
    handleInvalid : str, optional
        what to do with rows whose cells are missing or not finite: error, skip (leave them
        out), or keep (transform gives them null predictions, fit leaves them out)
    inferBatchSize : int, optional
        rows in one pass through the network in transform; changes the speed, never a
        prediction
    initialModel : str, optional
        path of a saved model of spark.ml or of the command line: training starts from its
        layers with the same names and shapes
    labelCol : str, optional
        label column name
    layers : List[int], optional
        sizes of the layers from the features to the outputs, as in
        MultilayerPerceptronClassifier: [4, 5, 3] has 4 features, 5 hidden units and 3
        outputs. Needed unless network is set
    maxIter : int, optional
        epochs: how often training uses each row
    mutualInformationCol : str, optional
        column of the epistemic part of the entropy, which more data would reduce; needs
        samples or an ensemble. Empty: not written
    network : str, optional
        the network as YAML text: the model of a job file, or its list of layers; instead
        of layers
    patience : int, optional
        epochs without a smaller validation loss (training loss without
        validationIndicatorCol) after which training ends with the model of the best epoch;
        never if unset
    predictionCol : str, optional
        prediction column name
    probabilityCol : str, optional
        Column name for predicted class conditional probabilities. Note: Not all models
        output well-calibrated probability estimates! These probabilities should be treated
        as confidences, not precise probabilities
    rawPredictionCol : str, optional
        raw prediction (a.k.a. confidence) column name
    samples : int, optional
        predictive samples in transform, for networks with dropout or distributions over
        weights; 0: nothing is random
    seed : int, optional
        decides initial weights and every other random number
    settings : List[str], optional
        further settings of a job file, KEY=VALUE as the command line's --set takes them:
        train.schedule=cosine, data.scale=standardise. Other Params override them
    shards : int, optional
        logical shards of the rows: the upper bound of parallelism, and part of what
        decides the bits
    solver : str, optional
        the update rule: adam, adamW, sgd, momentum, nesterov, rmsProp, adagrad, lamb
    stepSize : float, optional
        learning rate; the solver's own default if unset
    thresholds : List[float], optional
        Thresholds in multi-class classification to adjust the probability of predicting
        each class. Array must have length equal to the number of classes, with values > 0
        excepting that at most one value may be 0. The class with largest value p/t is
        predicted, where p is the original probability of that class and t is the class's
        threshold
    tol : float, optional
        by how much the loss must fall to count as progress for patience, which is 1 if
        only tol is set
    validationIndicatorCol : str, optional
        boolean column that is true for validation rows, which are not used for training
    weightCol : str, optional
        column of the weights of the rows; rows of weight 0 are left out. If unset, each
        row weighs 1
    """

    @keyword_only
    def __init__(
        self,
        *,
        activation: Optional[str] = None,
        attributionsCol: Optional[str] = None,
        batchSize: Optional[int] = None,
        checkpointDir: Optional[str] = None,
        columns: Optional[str] = None,
        entropyCol: Optional[str] = None,
        featuresCol: Optional[str] = None,
        featuresCols: Optional[List[str]] = None,
        frozenLayers: Optional[List[str]] = None,
        handleInvalid: Optional[str] = None,
        inferBatchSize: Optional[int] = None,
        initialModel: Optional[Union[str, JavaModel]] = None,
        labelCol: Optional[str] = None,
        layers: Optional[List[int]] = None,
        maxIter: Optional[int] = None,
        mutualInformationCol: Optional[str] = None,
        network: Optional[str] = None,
        patience: Optional[int] = None,
        predictionCol: Optional[str] = None,
        probabilityCol: Optional[str] = None,
        rawPredictionCol: Optional[str] = None,
        samples: Optional[int] = None,
        seed: Optional[int] = None,
        settings: Optional[List[str]] = None,
        shards: Optional[int] = None,
        solver: Optional[str] = None,
        stepSize: Optional[float] = None,
        thresholds: Optional[List[float]] = None,
        tol: Optional[float] = None,
        validationIndicatorCol: Optional[str] = None,
        weightCol: Optional[str] = None,
    ) -> None:
        super().__init__()
        self._start(self._input_kwargs)

    @keyword_only
    def setParams(
        self,
        *,
        activation: Optional[str] = None,
        attributionsCol: Optional[str] = None,
        batchSize: Optional[int] = None,
        checkpointDir: Optional[str] = None,
        columns: Optional[str] = None,
        entropyCol: Optional[str] = None,
        featuresCol: Optional[str] = None,
        featuresCols: Optional[List[str]] = None,
        frozenLayers: Optional[List[str]] = None,
        handleInvalid: Optional[str] = None,
        inferBatchSize: Optional[int] = None,
        initialModel: Optional[Union[str, JavaModel]] = None,
        labelCol: Optional[str] = None,
        layers: Optional[List[int]] = None,
        maxIter: Optional[int] = None,
        mutualInformationCol: Optional[str] = None,
        network: Optional[str] = None,
        patience: Optional[int] = None,
        predictionCol: Optional[str] = None,
        probabilityCol: Optional[str] = None,
        rawPredictionCol: Optional[str] = None,
        samples: Optional[int] = None,
        seed: Optional[int] = None,
        settings: Optional[List[str]] = None,
        shards: Optional[int] = None,
        solver: Optional[str] = None,
        stepSize: Optional[float] = None,
        thresholds: Optional[List[float]] = None,
        tol: Optional[float] = None,
        validationIndicatorCol: Optional[str] = None,
        weightCol: Optional[str] = None,
    ) -> Any:
        """Sets those Params that are given."""
        return self._use(self._input_kwargs)


class RegressorArguments:
    """Params as arguments by name; None leaves one as it is.

    Parameters
    ----------
    activation : str, optional
        activation of the hidden layers in layers, as in a job file
    aleatoricDeviationCol : str, optional
        column of the aleatoric part of the deviation, the noise of the targets. Empty: not
        written
    attributionsCol : str, optional
        column of the contributions of each feature column to the raw prediction, by
        integrated gradients: a vector, or an array with one for each class or number.
        Empty: not written
    batchSize : int, optional
        rows per step over all shards
    checkpointDir : str, optional
        directory on any Hadoop file system for the state of the training after each epoch,
        from which the same fit resumes if the driver was lost; fit deletes the state at
        the end
    columns : str, optional
        types of the feature columns as YAML text, as in data.columns of a job file: {age:
        number, city: category}; or auto, which guesses the types of featuresCols
    epistemicDeviationCol : str, optional
        column of the epistemic part of the deviation, which more data would reduce. Empty:
        not written
    featuresCol : str, optional
        features column name
    featuresCols : List[str], optional
        several feature columns, in order, instead of featuresCol
    frozenLayers : List[str], optional
        layers of initialModel that training does not change: names, in which * stands for
        any characters
    handleInvalid : str, optional
        what to do with rows whose cells are missing or not finite: error, skip (leave them
        out), or keep (transform gives them null predictions, fit leaves them out)
    inferBatchSize : int, optional
        rows in one pass through the network in transform; changes the speed, never a
        prediction
    initialModel : str, optional
        path of a saved model of spark.ml or of the command line: training starts from its
        layers with the same names and shapes
    labelCol : str, optional
        label column name
    labelCols : List[str], optional
        several columns of numbers to predict together, instead of labelCol
    layers : List[int], optional
        sizes of the layers from the features to the outputs, as in
        MultilayerPerceptronClassifier: [4, 5, 3] has 4 features, 5 hidden units and 3
        outputs. Needed unless network is set
    lower95Col : str, optional
        column of the lower end of the 95 % credible interval. Empty: not written
    maxIter : int, optional
        epochs: how often training uses each row
    network : str, optional
        the network as YAML text: the model of a job file, or its list of layers; instead
        of layers
    patience : int, optional
        epochs without a smaller validation loss (training loss without
        validationIndicatorCol) after which training ends with the model of the best epoch;
        never if unset
    predictionCol : str, optional
        prediction column name
    samples : int, optional
        predictive samples in transform, for networks with dropout or distributions over
        weights; 0: nothing is random
    seed : int, optional
        decides initial weights and every other random number
    settings : List[str], optional
        further settings of a job file, KEY=VALUE as the command line's --set takes them:
        train.schedule=cosine, data.scale=standardise. Other Params override them
    shards : int, optional
        logical shards of the rows: the upper bound of parallelism, and part of what
        decides the bits
    solver : str, optional
        the update rule: adam, adamW, sgd, momentum, nesterov, rmsProp, adagrad, lamb
    standardDeviationCol : str, optional
        column of the standard deviation of the prediction. Empty: not written
    stepSize : float, optional
        learning rate; the solver's own default if unset
    tol : float, optional
        by how much the loss must fall to count as progress for patience, which is 1 if
        only tol is set
    upper95Col : str, optional
        column of the upper end of the 95 % credible interval. Empty: not written
    validationIndicatorCol : str, optional
        boolean column that is true for validation rows, which are not used for training
    weightCol : str, optional
        column of the weights of the rows; rows of weight 0 are left out. If unset, each
        row weighs 1
    """

    @keyword_only
    def __init__(
        self,
        *,
        activation: Optional[str] = None,
        aleatoricDeviationCol: Optional[str] = None,
        attributionsCol: Optional[str] = None,
        batchSize: Optional[int] = None,
        checkpointDir: Optional[str] = None,
        columns: Optional[str] = None,
        epistemicDeviationCol: Optional[str] = None,
        featuresCol: Optional[str] = None,
        featuresCols: Optional[List[str]] = None,
        frozenLayers: Optional[List[str]] = None,
        handleInvalid: Optional[str] = None,
        inferBatchSize: Optional[int] = None,
        initialModel: Optional[Union[str, JavaModel]] = None,
        labelCol: Optional[str] = None,
        labelCols: Optional[List[str]] = None,
        layers: Optional[List[int]] = None,
        lower95Col: Optional[str] = None,
        maxIter: Optional[int] = None,
        network: Optional[str] = None,
        patience: Optional[int] = None,
        predictionCol: Optional[str] = None,
        samples: Optional[int] = None,
        seed: Optional[int] = None,
        settings: Optional[List[str]] = None,
        shards: Optional[int] = None,
        solver: Optional[str] = None,
        standardDeviationCol: Optional[str] = None,
        stepSize: Optional[float] = None,
        tol: Optional[float] = None,
        upper95Col: Optional[str] = None,
        validationIndicatorCol: Optional[str] = None,
        weightCol: Optional[str] = None,
    ) -> None:
        super().__init__()
        self._start(self._input_kwargs)

    @keyword_only
    def setParams(
        self,
        *,
        activation: Optional[str] = None,
        aleatoricDeviationCol: Optional[str] = None,
        attributionsCol: Optional[str] = None,
        batchSize: Optional[int] = None,
        checkpointDir: Optional[str] = None,
        columns: Optional[str] = None,
        epistemicDeviationCol: Optional[str] = None,
        featuresCol: Optional[str] = None,
        featuresCols: Optional[List[str]] = None,
        frozenLayers: Optional[List[str]] = None,
        handleInvalid: Optional[str] = None,
        inferBatchSize: Optional[int] = None,
        initialModel: Optional[Union[str, JavaModel]] = None,
        labelCol: Optional[str] = None,
        labelCols: Optional[List[str]] = None,
        layers: Optional[List[int]] = None,
        lower95Col: Optional[str] = None,
        maxIter: Optional[int] = None,
        network: Optional[str] = None,
        patience: Optional[int] = None,
        predictionCol: Optional[str] = None,
        samples: Optional[int] = None,
        seed: Optional[int] = None,
        settings: Optional[List[str]] = None,
        shards: Optional[int] = None,
        solver: Optional[str] = None,
        standardDeviationCol: Optional[str] = None,
        stepSize: Optional[float] = None,
        tol: Optional[float] = None,
        upper95Col: Optional[str] = None,
        validationIndicatorCol: Optional[str] = None,
        weightCol: Optional[str] = None,
    ) -> Any:
        """Sets those Params that are given."""
        return self._use(self._input_kwargs)
