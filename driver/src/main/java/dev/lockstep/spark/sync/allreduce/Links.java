package dev.lockstep.spark.sync.allreduce;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientBootstrap;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.crypto.AuthClientBootstrap;
import org.apache.spark.network.crypto.AuthServerBootstrap;
import org.apache.spark.network.netty.SparkTransportConf$;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.TransportServer;
import org.apache.spark.network.server.TransportServerBootstrap;
import org.apache.spark.network.util.TransportConf;
import org.apache.spark.util.Utils;
import scala.Option;
import scala.Tuple2;
import scala.runtime.AbstractFunction1;

/**
 * A server and its clients on Spark's own transport, set up as Spark sets up those that move its blocks: with
 * {@code spark.authenticate} both ends must know the application's secret, and what Spark encrypts is encrypted here.
 * Settings under {@code spark.lockstep.io} are those that Spark documents under {@code spark.shuffle.io}.
 *
 * <p>For firewalls, {@value #RANKS_PORT} is where the servers of ranks listen, and {@value #RENDEZVOUS_PORT} that of
 * the driver: 0, the default, for any free port, otherwise the first free one of {@code spark.port.maxRetries} from
 * there on, as with Spark's own ports.
 */
final class Links implements AutoCloseable {
    /** Where ranks listen. */
    static final String RANKS_PORT = "spark.lockstep.port";

    /** Where the driver listens. */
    static final String RENDEZVOUS_PORT = "spark.lockstep.rendezvous.port";

    private static final String MODULE = "lockstep";

    private final TransportContext context;
    private final TransportServer server;
    private final TransportClientFactory clients;
    private final String host;

    /**
     * Opens a server of ranks on this process's address.
     *
     * @param handler gets what arrives, at the server and through the clients
     */
    Links(RpcHandler handler) {
        this(handler, RANKS_PORT);
    }

    /**
     * Opens a server on this process's address.
     *
     * @param handler gets what arrives, at the server and through the clients
     * @param portProperty Spark property that says on which port
     */
    Links(RpcHandler handler, String portProperty) {
        SparkEnv environment = SparkEnv.get();
        SparkConf conf = environment.conf();
        SecurityManager security = environment.securityManager();
        TransportConf transport = transportConf(conf, security);
        List<TransportServerBootstrap> onAccept = List.of();
        List<TransportClientBootstrap> onConnect = List.of();
        if (security.isAuthenticationEnabled()) {
            onAccept = List.of(new AuthServerBootstrap(transport, security));
            onConnect = List.of(new AuthClientBootstrap(transport, conf.getAppId(), security));
        }
        host = environment.blockManager().blockManagerId().host();
        boolean onDriver = environment.blockManager().blockManagerId().isDriver();
        context = new TransportContext(transport, handler);
        try {
            server = serve(conf, onDriver ? conf.get("spark.driver.bindAddress", host) : host, portProperty, onAccept);
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
        clients = context.createClientFactory(onConnect);
    }

    private TransportServer serve(
            SparkConf conf, String bindHost, String portProperty, List<TransportServerBootstrap> onAccept) {
        Start start = new Start(port -> new Tuple2<>(context.createServer(bindHost, port, onAccept), port));
        return Utils.startServiceOnPort(conf.getInt(portProperty, 0), start, conf, portProperty)
                ._1();
    }

    /** A way to start a server on a port, as Spark calls it when a port is taken. */
    private static final class Start extends AbstractFunction1<Object, Tuple2<TransportServer, Object>> {
        private final IntFunction<Tuple2<TransportServer, Object>> start;

        Start(IntFunction<Tuple2<TransportServer, Object>> start) {
            this.start = start;
        }

        @Override
        public Tuple2<TransportServer, Object> apply(Object port) {
            return start.apply((Integer) port);
        }
    }

    /** The host name or address by which others reach this process. */
    String host() {
        return host;
    }

    /** Where the server listens. */
    int port() {
        return server.getPort();
    }

    /** A connection to another process; the same one each time. */
    TransportClient connect(String toHost, int port) {
        try {
            return clients.createClient(toHost, port);
        } catch (IOException e) {
            throw new IllegalStateException("cannot reach " + toHost + ":" + port + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while connecting to " + toHost + ":" + port, e);
        }
    }

    /**
     * {@code SparkTransportConf.fromSparkConf}, which has a parameter more since Spark 4: how RPC is wrapped in TLS.
     */
    private static TransportConf transportConf(SparkConf conf, SecurityManager security) {
        Object[] all = {
            conf,
            MODULE,
            conf.getInt("spark.executor.cores", 1),
            Option.empty(),
            Option.apply(security.getSSLOptions("rpc"))
        };
        for (Method method : SparkTransportConf$.class.getMethods()) {
            if (method.getName().equals("fromSparkConf")) {
                try {
                    return (TransportConf)
                            method.invoke(SparkTransportConf$.MODULE$, Arrays.copyOf(all, method.getParameterCount()));
                } catch (IllegalAccessException | InvocationTargetException e) {
                    throw new IllegalStateException("cannot set up Spark's transport: " + e.getCause(), e);
                }
            }
        }
        throw new IllegalStateException("this Spark has no SparkTransportConf.fromSparkConf");
    }

    @Override
    public void close() {
        clients.close();
        server.close();
        context.close();
    }
}
