package dev.lockstep.spark.sync.allreduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.server.NoOpRpcHandler;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;
import org.apache.spark.network.util.MapConfigProvider;
import org.apache.spark.network.util.TransportConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What Spark encrypts is encrypted between ranks too, at both ends; and where servers listen can be chosen. TLS for RPC
 * is new in Spark 4.
 */
@Timeout(120)
class LinksTest {
    private static final String PASSWORD = "a password of this test";
    private static final String TLS = "NettySslEncryptionHandler";
    private static final String AES = "TransportEncryption";

    @TempDir
    private Path folder;

    /** Remembers how the connection was protected that a question came by. */
    private static final class Recorder extends RpcHandler {
        final List<String> handlers = new ArrayList<>();
        private final StreamManager streams = new OneForOneStreamManager();

        @Override
        public void receive(TransportClient client, ByteBuffer message, RpcResponseCallback callback) {
            handlers.addAll(client.getChannel().pipeline().names());
            callback.onSuccess(ByteBuffer.allocate(0));
        }

        @Override
        public StreamManager getStreamManager() {
            return streams;
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void bothEndsAreEncryptedAsSparkIs(boolean tls, boolean secret) throws Exception {
        Map<String, String> settings = new HashMap<>();
        if (tls) {
            settings.putAll(tls());
        }
        if (secret) {
            settings.put("spark.authenticate", "true");
            settings.put("spark.authenticate.secret", PASSWORD);
            settings.put("spark.network.crypto.enabled", "true");
        }
        Recorder recorder = new Recorder();
        try (JavaSparkContext context = spark(settings);
                Links links = new Links(recorder)) {
            assertThat(context.isLocal()).isTrue();
            TransportClient client = links.connect(links.host(), links.port());
            client.sendRpcSync(ByteBuffer.allocate(1), 10_000);
            for (List<String> handlers : List.of(client.getChannel().pipeline().names(), recorder.handlers)) {
                assertThat(handlers.contains(TLS)).as("TLS in %s", handlers).isEqualTo(tls);
                assertThat(handlers.stream().anyMatch(name -> name.contains(AES)))
                        .as("AES in %s", handlers)
                        .isEqualTo(secret);
            }
        }
    }

    @Test
    void tlsDoesNotMatterAndPlainTextIsNotHeard() throws Exception {
        NetworkedRanks networked = new NetworkedRanks();
        try (JavaSparkContext context = spark(tls());
                Rendezvous rendezvous = new Rendezvous(1, 0, 2)) {
            assertThat(context.isLocal()).isTrue();
            refuses(rendezvous, Map.of());
            assertThat(networked.train(rendezvous)).containsOnly(networked.trainAlone());
        }
    }

    @Test
    void tlsAloneIsNotEnoughWhereASecretIsAskedFor() throws Exception {
        Map<String, String> settings = new HashMap<>(tls());
        settings.put("spark.authenticate", "true");
        settings.put("spark.authenticate.secret", PASSWORD);
        NetworkedRanks networked = new NetworkedRanks();
        try (JavaSparkContext context = spark(settings);
                Rendezvous rendezvous = new Rendezvous(1, 0, 2)) {
            assertThat(context.isLocal()).isTrue();
            refuses(rendezvous, tls());
            assertThat(networked.train(rendezvous)).containsOnly(networked.trainAlone());
        }
    }

    /** Nobody with these settings can tell the rendezvous that the round has failed. */
    private static void refuses(Rendezvous rendezvous, Map<String, String> settings) throws Exception {
        RoundAddress address = rendezvous.address();
        TransportConf conf = new TransportConf("rpc", new MapConfigProvider(settings));
        ByteBuffer lie = Message.of(Message.Kind.FAILED, address, 0, 1, new byte[0]);
        try (TransportContext strange = new TransportContext(conf, new NoOpRpcHandler());
                TransportClientFactory strangers = strange.createClientFactory()) {
            assertThatThrownBy(() -> strangers
                            .createClient(address.host(), address.port())
                            .sendRpcSync(lie, 5_000))
                    .isInstanceOf(Exception.class);
        }
        assertThat(rendezvous.failure()).isNull();
    }

    @Test
    void portsCanBeChosen() throws IOException {
        int free = freePort();
        Map<String, String> settings = Map.of(
                Links.RENDEZVOUS_PORT,
                String.valueOf(free),
                Links.RANKS_PORT,
                String.valueOf(free),
                "spark.port.maxRetries",
                "1");
        try (JavaSparkContext context = spark(settings);
                Rendezvous rendezvous = new Rendezvous(1, 0, 1);
                Links ranks = new Links(new Inlet(rendezvous.address()))) {
            assertThat(context.isLocal()).isTrue();
            assertThat(rendezvous.address().port()).isEqualTo(free);
            assertThat(ranks.port()).isEqualTo(free + 1);
            assertThatThrownBy(() -> new Rendezvous(1, 1, 1))
                    .hasMessageContaining("Service 'spark.lockstep.rendezvous.port' failed after 1 retries");
        }
    }

    private static int freePort() throws IOException {
        while (true) {
            try (ServerSocket first = new ServerSocket(0)) {
                int port = first.getLocalPort();
                try (ServerSocket second = new ServerSocket(port + 1)) {
                    return second.getLocalPort() - 1;
                } catch (IOException | IllegalArgumentException e) {
                    // The next one is taken, or there is none.
                    continue;
                }
            }
        }
    }

    /** A key of this test, signed by itself and trusted by all. */
    private Map<String, String> tls() throws IOException, InterruptedException {
        Path store = folder.resolve("keys.p12");
        if (!store.toFile().exists()) {
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-keyalg",
                            "RSA",
                            "-dname",
                            "CN=localhost",
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            store.toString(),
                            "-storepass",
                            PASSWORD)
                    .inheritIO()
                    .start();
            assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(keytool.exitValue()).isZero();
        }
        return Map.of(
                "spark.ssl.rpc.enabled",
                "true",
                "spark.ssl.rpc.protocol",
                "TLSv1.3",
                "spark.ssl.rpc.keyStore",
                store.toString(),
                "spark.ssl.rpc.keyStorePassword",
                PASSWORD,
                "spark.ssl.rpc.keyPassword",
                PASSWORD,
                "spark.ssl.rpc.keyStoreType",
                "PKCS12",
                "spark.ssl.rpc.trustStore",
                store.toString(),
                "spark.ssl.rpc.trustStorePassword",
                PASSWORD,
                "spark.ssl.rpc.trustStoreType",
                "PKCS12");
    }

    private static JavaSparkContext spark(Map<String, String> settings) {
        SparkConf conf = new SparkConf()
                .setMaster("local[1]")
                .setAppName("links")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1");
        settings.forEach(conf::set);
        return new JavaSparkContext(conf);
    }
}
