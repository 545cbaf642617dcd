package dev.lockstep.spark.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.ml.NeuralNetworkClassificationModel;
import dev.lockstep.spark.ml.NeuralNetworkClassifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Iterator;
import java.util.UUID;
import org.apache.spark.SparkConf;
import org.apache.spark.connect.proto.Command;
import org.apache.spark.connect.proto.DataType;
import org.apache.spark.connect.proto.ExecutePlanRequest;
import org.apache.spark.connect.proto.ExecutePlanResponse;
import org.apache.spark.connect.proto.Expression.Literal;
import org.apache.spark.connect.proto.Fetch;
import org.apache.spark.connect.proto.MlCommand;
import org.apache.spark.connect.proto.MlCommandResult;
import org.apache.spark.connect.proto.MlOperator;
import org.apache.spark.connect.proto.MlParams;
import org.apache.spark.connect.proto.MlRelation;
import org.apache.spark.connect.proto.ObjectRef;
import org.apache.spark.connect.proto.Plan;
import org.apache.spark.connect.proto.Read;
import org.apache.spark.connect.proto.Relation;
import org.apache.spark.connect.proto.SparkConnectServiceGrpc;
import org.apache.spark.connect.proto.SparkConnectServiceGrpc.SparkConnectServiceBlockingStub;
import org.apache.spark.connect.proto.UserContext;
import org.apache.spark.sql.connect.service.SparkConnectService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkproject.connect.grpc.ManagedChannel;
import org.sparkproject.connect.grpc.ManagedChannelBuilder;
import scala.Option;

/**
 * Training, scoring and saving through Spark Connect: a server in this JVM, and a client that speaks its protocol over
 * the loopback address, as every client of every language does.
 */
class ConnectTest extends SparkTest {
    private static final int PORT = freePort();

    private static final Relation FLOWERS = Relation.newBuilder()
            .setRead(Read.newBuilder()
                    .setDataSource(Read.DataSource.newBuilder()
                            .setFormat("libsvm")
                            .putOptions("numFeatures", "4")
                            .addPaths("../conf/examples/data/flowers.libsvm")))
            .build();

    private final String session = UUID.randomUUID().toString();
    private ManagedChannel channel;
    private SparkConnectServiceBlockingStub client;

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public SparkConf conf() {
        return super.conf()
                .set("spark.connect.grpc.binding.port", String.valueOf(PORT))
                .set("spark.connect.grpc.binding.address", "127.0.0.1")
                .set("spark.sql.artifact.isolation.enabled", "false");
    }

    @BeforeEach
    void connect() {
        SparkConnectService.start(spark.sparkContext());
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", PORT)
                .usePlaintext()
                .build();
        client = SparkConnectServiceGrpc.newBlockingStub(channel);
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
        SparkConnectService.stop(Option.empty(), Option.empty());
    }

    private Iterator<ExecutePlanResponse> execute(Plan plan) {
        return client.executePlan(ExecutePlanRequest.newBuilder()
                .setSessionId(session)
                .setUserContext(UserContext.newBuilder().setUserId("gardener"))
                .setPlan(plan)
                .build());
    }

    private MlCommandResult run(MlCommand.Builder command) {
        MlCommandResult result = MlCommandResult.getDefaultInstance();
        Iterator<ExecutePlanResponse> responses = execute(Plan.newBuilder()
                .setCommand(Command.newBuilder().setMlCommand(command))
                .build());
        while (responses.hasNext()) {
            ExecutePlanResponse response = responses.next();
            if (response.hasMlCommandResult()) {
                result = response.getMlCommandResult();
            }
        }
        return result;
    }

    private long rows(ObjectRef model) {
        Relation scored = Relation.newBuilder()
                .setMlRelation(MlRelation.newBuilder()
                        .setTransform(MlRelation.Transform.newBuilder()
                                .setObjRef(model)
                                .setInput(FLOWERS)
                                .setParams(MlParams.getDefaultInstance())))
                .build();
        long rows = 0;
        Iterator<ExecutePlanResponse> responses =
                execute(Plan.newBuilder().setRoot(scored).build());
        while (responses.hasNext()) {
            rows += responses.next().getArrowBatch().getRowCount();
        }
        return rows;
    }

    private Literal fetch(ObjectRef model, String... methods) {
        Fetch.Builder fetch = Fetch.newBuilder().setObjRef(model);
        for (String method : methods) {
            fetch.addMethods(Fetch.Method.newBuilder().setMethod(method));
        }
        return run(MlCommand.newBuilder().setFetch(fetch)).getParam();
    }

    private static MlOperator operator(Class<?> stage, MlOperator.OperatorType type) {
        return MlOperator.newBuilder()
                .setName(stage.getName())
                .setUid("flowers")
                .setType(type)
                .build();
    }

    private static Literal layers() {
        Literal.Array.Builder sizes = Literal.Array.newBuilder()
                .setElementType(DataType.newBuilder().setInteger(DataType.Integer.getDefaultInstance()));
        for (int size : new int[] {4, 8, 3}) {
            sizes.addElements(Literal.newBuilder().setInteger(size));
        }
        return Literal.newBuilder().setArray(sizes).build();
    }

    private MlCommandResult fit(MlParams params) {
        return run(MlCommand.newBuilder()
                .setFit(MlCommand.Fit.newBuilder()
                        .setEstimator(operator(
                                NeuralNetworkClassifier.class, MlOperator.OperatorType.OPERATOR_TYPE_ESTIMATOR))
                        .setParams(params)
                        .setDataset(FLOWERS)));
    }

    @Test
    void fitTransformSummarySaveAndLoad() {
        MlParams params = MlParams.newBuilder()
                .putParams("layers", layers())
                .putParams("maxIter", Literal.newBuilder().setInteger(3).build())
                .putParams("stepSize", Literal.newBuilder().setDouble(0.05).build())
                .putParams("shards", Literal.newBuilder().setInteger(2).build())
                .build();
        ObjectRef model = fit(params).getOperatorInfo().getObjRef();
        assertThat(rows(model)).isEqualTo(150);
        assertThat(fetch(model, "numClasses").getInteger()).isEqualTo(3);
        assertThat(fetch(model, "hasSummary").getBoolean()).isTrue();
        double accuracy = fetch(model, "summary", "accuracy").getDouble();
        assertThat(accuracy).isBetween(0.2, 1.0);
        assertThat(fetch(model, "summary", "objectiveHistory").getArray().getElementsCount())
                .isEqualTo(3);

        String path = directory.resolve("model").toString();
        run(MlCommand.newBuilder()
                .setWrite(MlCommand.Write.newBuilder()
                        .setObjRef(model)
                        .setPath(path)
                        .setShouldOverwrite(true)));
        ObjectRef loaded = run(MlCommand.newBuilder()
                        .setRead(MlCommand.Read.newBuilder()
                                .setPath(path)
                                .setOperator(operator(
                                        NeuralNetworkClassificationModel.class,
                                        MlOperator.OperatorType.OPERATOR_TYPE_MODEL))))
                .getOperatorInfo()
                .getObjRef();
        assertThat(rows(loaded)).isEqualTo(150);
        // What the client has trained is what a program trains.
        String sha256 = new NeuralNetworkClassifier()
                .setLayers(4, 8, 3)
                .setMaxIter(3)
                .setStepSize(0.05)
                .setShards(2)
                .fit(spark.read()
                        .format("libsvm")
                        .option("numFeatures", "4")
                        .load("../conf/examples/data/flowers.libsvm"))
                .sha256();
        assertThat(NeuralNetworkClassificationModel.load(path).sha256()).isEqualTo(sha256);
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThatThrownBy(() -> fit(MlParams.getDefaultInstance()))
                .hasMessageContaining("expected one of layers and network, got neither");
    }
}
