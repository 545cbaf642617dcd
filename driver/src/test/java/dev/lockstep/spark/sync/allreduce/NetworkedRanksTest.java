package dev.lockstep.spark.sync.allreduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.train.Cancellation;
import dev.lockstep.nn.train.Compression;
import dev.lockstep.nn.train.Exchange;
import dev.lockstep.nn.train.PeerFailureException;
import dev.lockstep.nn.train.Peers;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingException;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.client.TransportResponseHandler;
import org.apache.spark.network.server.NoOpRpcHandler;
import org.apache.spark.network.util.MapConfigProvider;
import org.apache.spark.network.util.TransportConf;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * All-reduce over real connections: the bits, who is let in, what is refused, what a failure does, and that nothing is
 * left behind.
 */
@Timeout(120)
class NetworkedRanksTest {
    private static final long RUN = 0x5eed;
    private static final Map<String, String> OPEN = Map.of();
    private static final Map<String, String> ENCRYPTED = Map.of(
            "spark.authenticate", "true",
            "spark.authenticate.secret", "a secret of this test",
            "spark.network.crypto.enabled", "true");

    @Tag("compat")
    @Tag("java")
    @Test
    void theNetworkDoesNotMatter() throws Exception {
        NetworkedRanks buckets = NetworkedRanks.inBuckets();
        assertThat(buckets.update().slices(3).count()).isEqualTo(6);
        try (JavaSparkContext context = spark(OPEN)) {
            assertThat(context.isLocal()).isTrue();
            for (NetworkedRanks networked : List.of(new NetworkedRanks(), buckets)) {
                String alone = networked.trainAlone();
                for (int ranks : List.of(1, 2, 3, 4, 8)) {
                    try (Rendezvous rendezvous = new Rendezvous(RUN, ranks, ranks)) {
                        assertThat(networked.train(rendezvous))
                                .as("%d ranks", ranks)
                                .hasSize(ranks)
                                .containsOnly(alone);
                        assertThat(rendezvous.failure()).isNull();
                    }
                }
            }
        }
    }

    @Test
    void theNetworkDoesNotMatterToCompressedGradients() throws Exception {
        try (JavaSparkContext context = spark(OPEN)) {
            assertThat(context.isLocal()).isTrue();
            for (Compression compression :
                    List.of(new Compression.Bfloat16(), new Compression.Float16(), new Compression.TopK(0.02))) {
                NetworkedRanks networked = new NetworkedRanks(compression);
                String alone = networked.trainAlone();
                assertThat(alone).isNotEqualTo(new NetworkedRanks().trainAlone());
                for (int ranks : List.of(1, 2, 3, 8)) {
                    try (Rendezvous rendezvous = new Rendezvous(RUN, ranks, ranks)) {
                        assertThat(networked.train(rendezvous))
                                .as("%s, %d ranks", compression, ranks)
                                .hasSize(ranks)
                                .containsOnly(alone);
                    }
                }
            }
        }
    }

    /** Gradients of which only some rows travel; the slices begin within rows. */
    @Test
    void theNetworkDoesNotMatterToGradientsByRows() throws Exception {
        try (JavaSparkContext context = spark(OPEN)) {
            assertThat(context.isLocal()).isTrue();
            for (boolean lazy : new boolean[] {false, true}) {
                NetworkedRanks networked = NetworkedRanks.withSparseRows(lazy);
                String alone = networked.trainAlone();
                for (int ranks : List.of(2, 3, 8)) {
                    try (Rendezvous rendezvous = new Rendezvous(RUN, ranks, ranks)) {
                        assertThat(networked.train(rendezvous))
                                .as("%d ranks, lazy %s", ranks, lazy)
                                .hasSize(ranks)
                                .containsOnly(alone);
                    }
                }
            }
            NetworkedRanks whole = NetworkedRanks.inBuckets();
            NetworkedRanks byRows = NetworkedRanks.withSparseRows(false);
            // Of the first layer's gradient each rank gives half; a step uses half of the features at most.
            assertThat(bytes(whole) - bytes(byRows))
                    .isGreaterThan((long) NetworkedRanks.STEPS * Float.BYTES * whole.parameters() / 3);
        }
    }

    /** Ranks of a process send what one would, also where they are no neighbours. */
    @Test
    void aProcessSpeaksOnce() throws Exception {
        try (JavaSparkContext context = spark(OPEN)) {
            assertThat(context.isLocal()).isTrue();
            long two = bytesOut(2, 2, rank -> rank);
            long eight = bytesOut(8, 8, rank -> rank);
            long twoOfFour = bytesOut(8, 2, rank -> rank / 4);
            assertThat(twoOfFour).isBetween(two, two + two / 50).isLessThan(eight / 6);
            // Every other rank is in one process: none of their nodes can be merged.
            long mixed = bytesOut(8, 2, rank -> rank % 2);
            assertThat(mixed).isBetween(2 * two, 4 * two);
        }
    }

    private static long bytesOut(int ranks, int processes, IntUnaryOperator process) throws Exception {
        NetworkedRanks networked = new NetworkedRanks();
        try (Rendezvous rendezvous = new Rendezvous(RUN, 0, ranks)) {
            assertThat(networked.train(rendezvous, processes, process))
                    .hasSize(ranks)
                    .containsOnly(networked.trainAlone());
        }
        return networked.bytesOut();
    }

    /** Parameters, buffers, slots and residuals, in more pieces than one. */
    @Test
    void theStateComesBackPieceByPiece() throws Exception {
        try (JavaSparkContext context = spark(OPEN)) {
            assertThat(context.isLocal()).isTrue();
            for (NetworkedRanks networked : List.of(
                    NetworkedRanks.inBuckets(),
                    NetworkedRanks.withSparseRows(true),
                    new NetworkedRanks(new Compression.TopK(0.02)))) {
                TrainState alone = networked.stateAlone();
                for (int ranks : List.of(1, 3)) {
                    TrainState state = networked.trainByParts(RUN, ranks);
                    assertThat(state.parameters().theta())
                            .isEqualTo(alone.parameters().theta());
                    assertThat(state.parameters().buffers())
                            .isEqualTo(alone.parameters().buffers());
                    assertThat(state.optimizerState()).isEqualTo(alone.optimizerState());
                    assertThat(state.residuals().toArray(float[][]::new))
                            .isDeepEqualTo(alone.residuals().toArray(float[][]::new));
                    assertThat(state.epochLosses()).isEqualTo(alone.epochLosses());
                    assertThat(state.step()).isEqualTo(NetworkedRanks.STEPS);
                }
            }
        }
    }

    /** Of two ranks each gives the other half of its gradients, a node a step. */
    @Test
    void compressedGradientsAreFewerBytes() throws Exception {
        try (JavaSparkContext context = spark(OPEN)) {
            assertThat(context.isLocal()).isTrue();
            NetworkedRanks whole = new NetworkedRanks();
            long floats = (long) NetworkedRanks.STEPS * whole.parameters();
            long all = bytes(whole);
            assertThat(all - bytes(new NetworkedRanks(new Compression.Bfloat16())))
                    .isEqualTo(2 * floats);
            assertThat(all - bytes(new NetworkedRanks(new Compression.Float16())))
                    .isEqualTo(2 * floats);
            // Four shards to a node, eight bytes to an element, and some to each chunk.
            long sparse = all - bytes(new NetworkedRanks(new Compression.TopK(0.02)));
            assertThat(sparse).isBetween((long) ((4 - 4 * 0.02 * 8 - 0.01) * floats), 4 * floats);
        }
    }

    private static long bytes(NetworkedRanks networked) throws Exception {
        try (Rendezvous rendezvous = new Rendezvous(RUN, 0, 2)) {
            networked.train(rendezvous);
            return networked.bytesSent();
        }
    }

    @Tag("compat")
    @Tag("java")
    @Test
    void encryptionDoesNotMatterAndStrangersAreNotHeard() throws Exception {
        NetworkedRanks networked = new NetworkedRanks();
        try (JavaSparkContext context = spark(ENCRYPTED);
                Rendezvous rendezvous = new Rendezvous(RUN, 0, 2);
                TransportContext strange = new TransportContext(plain(), new NoOpRpcHandler());
                TransportClientFactory strangers = strange.createClientFactory()) {
            assertThat(context.isLocal()).isTrue();
            RoundAddress address = rendezvous.address();
            TransportClient stranger = strangers.createClient(address.host(), address.port());
            ByteBuffer lie = Message.of(Message.Kind.FAILED, address, 0, 1, new byte[0]);
            assertThatThrownBy(() -> stranger.sendRpcSync(lie, 5_000)).isInstanceOf(RuntimeException.class);
            assertThat(rendezvous.failure()).isNull();
            try (Links links = new Links(new Inlet(address))) {
                assertThat(links.connect(address.host(), address.port())
                                .getChannel()
                                .pipeline()
                                .names())
                        .anyMatch(name -> name.contains("TransportEncryption"));
            }
            assertThat(networked.train(rendezvous)).containsOnly(networked.trainAlone());
        }
    }

    @Test
    void messagesOfOtherRunsAndRoundsAreRefused() throws Exception {
        try (JavaSparkContext context = spark(OPEN);
                Rendezvous rendezvous = new Rendezvous(RUN, 4, 2)) {
            assertThat(context.isLocal()).isTrue();
            RoundAddress address = rendezvous.address();
            try (Links links = new Links(new Inlet(address))) {
                TransportClient client = links.connect(address.host(), address.port());
                RoundAddress other = new RoundAddress(address.host(), address.port(), RUN + 1, 4, 2);
                ask(client, Message.of(Message.Kind.MEET, other, 0, 0, new byte[0]))
                        .hasMessageContaining("the message is of run 5eee, round 4, which does not meet here")
                        .hasMessageNotContaining("5eed");
                RoundAddress earlier = new RoundAddress(address.host(), address.port(), RUN, 3, 2);
                ask(client, Message.of(Message.Kind.MEET, earlier, 0, 0, new byte[0]))
                        .hasMessageContaining("the message is of run 5eed, round 3, which does not meet here");
                ask(client, Message.of(Message.Kind.MEET, address, 2, 0, new byte[0]))
                        .hasMessageContaining("expected a rank below 2, got 2");
                ask(client, Message.of(Message.Kind.SUMS, address, 0, 0, new byte[0]))
                        .hasMessageContaining("the driver takes no SUMS");
                ask(client, ByteBuffer.allocate(7)).hasMessageContaining("bytes, got 7");
            }
        }
    }

    /** A rank says something about a wrong step between the others' first messages: all of them stop, and know why. */
    @Test
    void aWrongStepFailsTheRound() throws Exception {
        try (JavaSparkContext context = spark(OPEN);
                Rendezvous rendezvous = new Rendezvous(RUN, 0, 2)) {
            assertThat(context.isLocal()).isTrue();
            Inlet inlet = new Inlet(rendezvous.address());
            Exchange exchange = firstOfTwo();
            inlet.open(exchange);
            ByteBuffer parameters =
                    Message.begin(ByteBuffer.allocate(64), Message.Kind.PARAMETERS, rendezvous.address(), 1, 1, 5);
            parameters.putInt(0).putInt(0).flip();
            inlet.receive(connection(), parameters);
            assertThat(exchange.failure()).hasMessageContaining("slice 1: expected parameters of step 0 from 0");
            assertThat(exchange.failure()).hasMessageContaining("got step 5");
        }
    }

    /** What has the right run and round, but is not what comes next, stops the round as well. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GRADIENTS | 1 | 1 | 0 | expected gradients for one of the ranks [0], got rank 1",
                "GRADIENTS | 0 | 0 | 0 | expected a rank below 2 that is none of [0], got 0",
                "GRADIENTS | 2 | 0 | 0 | expected a rank below 2, got 2",
                "GRADIENTS | 1 | 2 | 0 | expected a slice below 2, got 2",
                "PARAMETERS | 1 | -1 | 0 | expected a slice below 2, got -1",
                "GRADIENTS | 1 | 0 | 3 | slice 0: expected gradients of step 0, each rank's once, got step 3 from"
                        + " rank 1",
                "PARAMETERS | 0 | 0 | 0 | expected a rank below 2 that is none of [0], got 0",
                "SUMS | 2 | 2 | 0 | expected a rank below 2 that is none of [0], got 2",
                "MEET | 1 | 1 | 0 | a rank takes no MEET"
            })
    void whatIsNotExpectedFailsTheRound(Message.Kind kind, int rank, int slice, long step, String error) {
        RoundAddress address = new RoundAddress("nowhere", 1, RUN, 0, 2);
        Inlet inlet = new Inlet(address);
        Exchange exchange = firstOfTwo();
        inlet.open(exchange);
        // One node of shards 4 to 7 without rows; for parameters an empty chunk.
        ByteBuffer message = Message.begin(
                ByteBuffer.allocate(Message.HEADER_BYTES + 4 * Integer.BYTES + 1), kind, address, rank, slice, step);
        message.putInt(kind == Message.Kind.PARAMETERS ? 0 : 1)
                .putInt(0)
                .putInt(4)
                .putInt(8);
        inlet.receive(connection(), message.put((byte) 0).flip());
        assertThat(exchange.failure()).isNotNull().hasMessage(error);
    }

    /**
     * A message of another run does not disturb this one; who sent it is hung up on. Nor does a connection by which
     * nothing comes.
     */
    @Test
    void anotherRunsMessagesToARankAreRefused() throws Exception {
        try (JavaSparkContext context = spark(OPEN)) {
            assertThat(context.isLocal()).isTrue();
            RoundAddress address = new RoundAddress("nowhere", 1, RUN, 0, 2);
            Inlet inlet = new Inlet(address);
            Exchange exchange = firstOfTwo();
            inlet.open(exchange);
            try (Links server = new Links(inlet);
                    Links stranger = new Links(new NoOpRpcHandler())) {
                try (Socket scanner = new Socket(server.host(), server.port())) {
                    assertThat(scanner.isConnected()).isTrue();
                }
                TransportClient client = stranger.connect(server.host(), server.port());
                RoundAddress other = new RoundAddress("nowhere", 1, RUN + 1, 0, 2);
                client.send(Message.of(Message.Kind.SUMS, other, 1, 0, new byte[8]));
                assertThat(client.getChannel().closeFuture().await(10, TimeUnit.SECONDS))
                        .isTrue();
                assertThat(exchange.failure()).isNull();
            }
        }
    }

    private static TransportClient connection() {
        EmbeddedChannel channel = new EmbeddedChannel();
        return new TransportClient(channel, new TransportResponseHandler(channel));
    }

    private static Exchange firstOfTwo() {
        NetworkedRanks networked = new NetworkedRanks();
        return new Exchange(
                networked.initial(),
                networked.update(),
                networked.update().slices(2),
                new TreeSet<>(List.of(0)),
                new Peers.None());
    }

    @Test
    void aFailureReachesEveryoneAndTheDriverKnowsTheCause() throws Exception {
        NetworkedRanks networked = new NetworkedRanks(rank -> {
            if (rank == 2) {
                throw new TrainingException("the loss is not finite");
            }
        });
        try (JavaSparkContext context = spark(OPEN);
                Rendezvous rendezvous = new Rendezvous(RUN, 0, 3)) {
            assertThat(context.isLocal()).isTrue();
            assertThatThrownBy(() -> networked.train(rendezvous))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(PeerFailureException.class);
            assertThat(rendezvous.failure()).isEqualTo("the loss is not finite");
            assertThat(rendezvous.failsAgain()).isTrue();
        }
        assertThat(Footprint.settled().threads()).isZero();
    }

    /** A rank that fails while others wait in a meeting ends the meeting. */
    @Test
    void aFailureEndsTheMeetings() throws Exception {
        try (JavaSparkContext context = spark(OPEN);
                Rendezvous rendezvous = new Rendezvous(RUN, 0, 2)) {
            assertThat(context.isLocal()).isTrue();
            NetworkedRanks networked = new NetworkedRanks();
            RoundAddress address = rendezvous.address();
            try (Site.Seat first = Site.alone(address).seat(0, Cancellation.NEVER);
                    Site.Seat second = Site.alone(address).seat(1, Cancellation.NEVER)) {
                CompletableFuture<Exchange> joining =
                        CompletableFuture.supplyAsync(() -> first.join(networked.update(), networked::initial));
                second.report(new OutOfMemoryError("Java heap space"));
                assertThatThrownBy(() -> joining.get(10, TimeUnit.SECONDS))
                        .hasRootCauseInstanceOf(PeerFailureException.class)
                        .hasRootCauseMessage("another rank of the round failed");
                assertThatThrownBy(() -> second.join(networked.update(), networked::initial))
                        .isInstanceOf(PeerFailureException.class);
                assertThat(rendezvous.failure()).isEqualTo("Java heap space");
                assertThat(rendezvous.failsAgain()).isTrue();
            }
        }
    }

    /** A rank that comes later than the network's timeout is waited for: the others keep their connections alive. */
    @Test
    void aMeetingMayTakeLongerThanTheNetworkTimeout() throws Exception {
        NetworkedRanks networked = new NetworkedRanks(rank -> {}, rank -> sleep(rank == 1 ? 6_000 : 0));
        try (JavaSparkContext context = spark(Map.of("spark.lockstep.io.connectionTimeout", "2s"));
                Rendezvous rendezvous = new Rendezvous(RUN, 0, 2)) {
            assertThat(context.isLocal()).isTrue();
            assertThat(networked.train(rendezvous)).containsOnly(networked.trainAlone());
        }
    }

    /** Whoever keeps the others waiting is named: in a step, before its first meeting, or nobody. */
    @Test
    void aRankThatIsStuckIsNamed() throws Exception {
        long limit = TimeUnit.SECONDS.toNanos(3);
        CountDownLatch stuck = new CountDownLatch(1);
        NetworkedRanks inAStep = new NetworkedRanks(rank -> await(rank == 1 ? stuck : null));
        NetworkedRanks beforeItsMeeting = new NetworkedRanks(rank -> {}, rank -> await(rank == 2 ? stuck : null));
        try (JavaSparkContext context = spark(OPEN);
                Rendezvous one = new Rendezvous(RUN, 0, 3);
                Rendezvous two = new Rendezvous(RUN, 1, 3)) {
            assertThat(context.isLocal()).isTrue();
            CompletableFuture<List<String>> first = train(inAStep, one);
            CompletableFuture<List<String>> second = train(beforeItsMeeting, two);
            assertThat(awaitStalled(one, limit)).startsWith("rank 1 at ").endsWith(" has made no progress");
            assertThat(awaitStalled(two, limit)).isEqualTo("rank 2 has not come to meet the others");
            stuck.countDown();
            assertThat(first.get(30, TimeUnit.SECONDS)).containsOnly(inAStep.trainAlone());
            assertThat(second.get(30, TimeUnit.SECONDS)).containsOnly(inAStep.trainAlone());
            assertThat(one.stalled(limit)).isNull();
        }
    }

    /** In a thread of its own: the common pool of JDK 25 has one thread on two cores. */
    private static CompletableFuture<List<String>> train(NetworkedRanks ranks, Rendezvous rendezvous) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return ranks.train(rendezvous);
                    } catch (InterruptedException | ExecutionException e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> new Thread(task).start());
    }

    private static String awaitStalled(Rendezvous rendezvous, long limitNanos) {
        String stalled = rendezvous.stalled(limitNanos);
        for (int look = 0; look < 300 && stalled == null; look++) {
            sleep(100);
            stalled = rendezvous.stalled(limitNanos);
        }
        return stalled;
    }

    private static void await(CountDownLatch latch) {
        try {
            if (latch != null) {
                latch.await();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Tag("compat")
    @Tag("java")
    @Test
    void nothingIsLeftBehind() throws Exception {
        NetworkedRanks networked = new NetworkedRanks();
        try (JavaSparkContext context = spark(OPEN)) {
            assertThat(context.isLocal()).isTrue();
            Footprint early = null;
            for (int round = 0; round < 60; round++) {
                try (Rendezvous rendezvous = new Rendezvous(RUN, round, 2)) {
                    networked.train(rendezvous);
                }
                // Netty keeps the memory of its arenas, each of which some round is the first to use.
                if (round == 39) {
                    early = Footprint.settled();
                }
            }
            Footprint late = Footprint.settled();
            assertThat(late.threads()).isZero();
            assertThat(late.servers()).isEqualTo(early.servers());
            assertThat(late.files()).isLessThanOrEqualTo(early.files() + 2);
            assertThat(late.directBytes()).isLessThanOrEqualTo(early.directBytes());
        }
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> ask(TransportClient client, ByteBuffer question) {
        return assertThatThrownBy(() -> client.sendRpcSync(question, 5_000));
    }

    private static TransportConf plain() {
        return new TransportConf("strange", MapConfigProvider.EMPTY);
    }

    private static JavaSparkContext spark(Map<String, String> settings) {
        SparkConf conf = new SparkConf()
                .setMaster("local[2]")
                .setAppName("networked ranks")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1");
        settings.forEach(conf::set);
        return new JavaSparkContext(conf);
    }
}
