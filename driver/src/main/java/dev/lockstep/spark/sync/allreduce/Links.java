package dev.lockstep.spark.sync.allreduce;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
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
import scala.Option;

/**
 * A server and its clients on Spark's own transport, set up as Spark sets up those that move its blocks: with {@code spark.authenticate} both
 * ends must know the application's secret, and what Spark encrypts is encrypted here. Settings under {@code spark.lockstep.io} are those that
 * Spark documents under {@code spark.shuffle.io}.
 */
final class Links implements AutoCloseable {
    private static final String MODULE = "lockstep";

    private final TransportContext context;
    private final TransportServer server;
    private final TransportClientFactory clients;
    private final String host;

    /**
     * Opens a server on a free port of this process's address.
     *
     * @param handler gets what arrives, at the server and through the clients
     */
    Links(RpcHandler handler) {
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
        server = context.createServer(onDriver ? conf.get("spark.driver.bindAddress", host) : host, 0, onAccept);
        clients = context.createClientFactory(onConnect);
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

    /** {@code SparkTransportConf.fromSparkConf}, which has a parameter more since Spark 4: how RPC is wrapped in TLS. */
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
