package dev.lockstep.spark.sync.allreduce;

import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.Cancellation;
import dev.lockstep.nn.train.Exchange;
import dev.lockstep.nn.train.ParameterUpdate;
import dev.lockstep.nn.train.PeerFailureException;
import dev.lockstep.nn.train.RankProgress;
import dev.lockstep.nn.train.TrainingException;
import dev.lockstep.nn.train.VectorSlices;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.spark.TaskKilledException;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.jspecify.annotations.Nullable;

/**
 * A process in one round: its connections to the driver and to the other processes, and the {@link Exchange} of the
 * ranks that it runs. The first of these ranks opens it, the last one to leave closes it.
 *
 * <p>The ranks of a process find it in a static map: tasks of Spark that share a JVM have no other way to each other.
 */
public final class Site {
    private static final Map<RoundAddress, Site> OPEN = new HashMap<>();

    /** The meeting in which each rank says where its process listens. */
    static final int ADDRESSES = 0;

    private static final int READY = 1;
    /** The meeting in which each rank says that it has finished. */
    static final int DONE = 2;

    private static final long POLL_MILLIS = 50;
    private static final long REPORT_MILLIS = 10_000;

    /** Connections that are opened at the same time. */
    private static final int MOST_CONNECTING = 16;

    /** How often a rank says how far it has come. */
    private static final long ALIVE_MILLIS = 1_000;

    private static final RpcResponseCallback UNHEARD = new RpcResponseCallback() {
        @Override
        public void onSuccess(ByteBuffer response) {
            // It only had to be said.
        }

        @Override
        public void onFailure(Throwable failure) {
            // The inlet learns of a lost connection.
        }
    };

    private final RoundAddress address;
    private final Inlet inlet;
    private final Links links;
    private final TransportClient driver;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(Site::timerThread);
    private final Set<Seat> seats = ConcurrentHashMap.newKeySet();
    private @Nullable Joined joined;

    /** What the process has once all ranks are there: the exchange of its own, and the way to the others. */
    private record Joined(Exchange exchange, Outlet outlet) {}

    /** One rank's seat; to be left at the end, however that comes. */
    public static final class Seat implements AutoCloseable {
        private final Site site;
        private final int rank;
        private final Cancellation cancellation;
        private volatile Supplier<RankProgress> progress;
        /** Parts of the state that have been fetched or returned. */
        private final AtomicLong parts = new AtomicLong();

        private Seat(Site site, int rank, Cancellation cancellation) {
            this.site = site;
            this.rank = rank;
            this.cancellation = cancellation;
            progress = this::moving;
        }

        private RankProgress moving() {
            return new RankProgress(parts.get(), false);
        }

        /**
         * Fetches a part of the state that the round begins with; before joining the others.
         *
         * @param at where it begins in the section
         * @param into is filled with it, from {@code offset} on
         */
        public void fetch(Section section, long at, float[] into, int offset, int length) {
            for (int done = 0; done < length; done += Rendezvous.MOST_FLOATS) {
                int count = Math.min(Rendezvous.MOST_FLOATS, length - done);
                ByteBuffer message = part(Message.Kind.FETCH, section, at + done, Integer.BYTES);
                ByteBuffer answer = ask(message.putInt(count).flip(), false);
                if (answer.remaining() != count * Float.BYTES) {
                    throw otherFailed();
                }
                answer.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(into, offset + done, count);
                parts.incrementAndGet();
            }
        }

        /**
         * Returns a part of the state that the round ends with; before saying that this rank is done.
         *
         * @param at where it begins in the section
         * @param values the part, from {@code offset} on
         */
        public void give(Section section, long at, float[] values, int offset, int length) {
            progress = this::moving;
            for (int done = 0; done < length; done += Rendezvous.MOST_FLOATS) {
                int count = Math.min(Rendezvous.MOST_FLOATS, length - done);
                ByteBuffer message = part(Message.Kind.RETURN, section, at + done, count * Float.BYTES);
                message.asFloatBuffer().put(values, offset + done, count);
                ask(message.rewind(), false);
                parts.incrementAndGet();
            }
        }

        private ByteBuffer part(Message.Kind kind, Section section, long at, int bodyBytes) {
            ByteBuffer message = ByteBuffer.allocate(Message.HEADER_BYTES + bodyBytes);
            return Message.begin(message, kind, site.address, rank, section.ordinal(), at);
        }

        private static PeerFailureException otherFailed() {
            return new PeerFailureException("another rank of the round failed", null);
        }

        /**
         * Waits for all ranks of the round and joins them.
         *
         * @param update what owners do with gradients
         * @param parameters makes those that the round begins with; asked once a process
         */
        public Exchange join(ParameterUpdate update, Supplier<Parameters> parameters) {
            byte[] here = (site.links.port() + " " + site.links.host()).getBytes(StandardCharsets.UTF_8);
            List<byte[]> addresses = meet(ADDRESSES, here);
            Exchange exchange = site.connect(addresses, new String(here, StandardCharsets.UTF_8), update, parameters);
            meet(READY, new byte[0]);
            return exchange;
        }

        /** From now on the driver gets the progress of this rank. */
        public void watch(Supplier<RankProgress> rank) {
            progress = rank;
        }

        private void sayAlive() {
            RankProgress now = progress.get();
            byte[] waits = {(byte) (now.waits() ? 1 : 0)};
            site.driver.sendRpc(Message.of(Message.Kind.ALIVE, site.address, rank, now.since(), waits), UNHEARD);
        }

        /** Waits until all ranks have finished: nobody hangs up while another still reads. */
        public void done() {
            meet(DONE, new byte[0]);
        }

        /**
         * Bytes that the process has sent in the round; 0 for all of its ranks but the first, so that they can be
         * added.
         */
        public long bytesSent() {
            return site.bytesSent(rank);
        }

        /** The same of what has left the process. */
        long bytesOut() {
            return site.bytesOut(rank);
        }

        /**
         * Tells the driver why this rank has failed, unless it is only that another one has, or that Spark has given up
         * the round.
         *
         * @param failure what is thrown further; failures here are added to it
         */
        public void report(Throwable failure) {
            if (failure instanceof PeerFailureException || failure instanceof TaskKilledException) {
                return;
            }
            byte[] text = describe(failure).getBytes(StandardCharsets.UTF_8);
            // The same rows give the same numbers and take the same memory: trying again would end in the same way.
            long certain = failure instanceof TrainingException || failure instanceof Error ? 1 : 0;
            try {
                site.driver.sendRpcSync(
                        Message.of(Message.Kind.FAILED, site.address, rank, certain, text), REPORT_MILLIS);
            } catch (RuntimeException e) {
                failure.addSuppressed(e);
            }
        }

        private static String describe(Throwable failure) {
            return failure.getMessage() == null ? failure.toString() : failure.getMessage();
        }

        private List<byte[]> meet(int number, byte[] say) {
            // In the last meeting those who have had their answer hang up, perhaps before this rank has its own.
            boolean othersMayLeave = number == DONE;
            List<byte[]> all =
                    Message.split(ask(Message.of(Message.Kind.MEET, site.address, rank, number, say), othersMayLeave));
            if (all.isEmpty()) {
                throw otherFailed();
            }
            return all;
        }

        /**
         * Asks the driver and waits for its answer.
         *
         * @param othersMayLeave whether it does not matter if connections to other ranks are lost meanwhile
         */
        private ByteBuffer ask(ByteBuffer message, boolean othersMayLeave) {
            CompletableFuture<ByteBuffer> heard = new CompletableFuture<>();
            site.driver.sendRpc(message, new RpcResponseCallback() {
                @Override
                public void onSuccess(ByteBuffer response) {
                    // The buffer is the transport's again when this returns.
                    byte[] bytes = new byte[response.remaining()];
                    response.get(bytes);
                    heard.complete(ByteBuffer.wrap(bytes));
                }

                @Override
                public void onFailure(Throwable failure) {
                    heard.completeExceptionally(failure);
                }
            });
            while (true) {
                try {
                    return heard.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    cancellation.check();
                    if (!othersMayLeave) {
                        site.inlet.check();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new PeerFailureException("interrupted while waiting for other ranks", e);
                } catch (ExecutionException e) {
                    Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
                    throw new PeerFailureException("lost the driver: " + cause.getMessage(), cause);
                }
            }
        }

        @Override
        public void close() {
            site.leave(this);
        }
    }

    private Site(RoundAddress address) {
        this.address = address;
        inlet = new Inlet(address);
        links = new Links(inlet);
        try {
            driver = links.connect(address.host(), address.port());
            inlet.need(driver);
        } catch (RuntimeException e) {
            links.close();
            throw e;
        }
        ScheduledFuture<?> unused = timer.scheduleAtFixedRate(
                () -> seats.forEach(Seat::sayAlive), ALIVE_MILLIS, ALIVE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static Thread timerThread(Runnable work) {
        Thread thread = new Thread(work, "lockstep-alive");
        thread.setDaemon(true);
        return thread;
    }

    /** The host among what a rank says in the meeting of addresses. */
    static String host(byte[] said) {
        String process = new String(said, StandardCharsets.UTF_8);
        return process.substring(process.indexOf(' ') + 1);
    }

    /**
     * Takes a rank's seat in the round.
     *
     * @param cancellation is asked while waiting
     */
    public static Seat enter(RoundAddress address, int rank, Cancellation cancellation) {
        synchronized (OPEN) {
            Site site = OPEN.get(address);
            if (site == null) {
                site = new Site(address);
                OPEN.put(address, site);
            }
            return site.seat(rank, cancellation);
        }
    }

    /** A process of its own in this JVM. */
    static Site alone(RoundAddress address) {
        synchronized (OPEN) {
            return new Site(address);
        }
    }

    /** Takes a rank's seat in this process. */
    Seat seat(int rank, Cancellation cancellation) {
        Seat seat = new Seat(this, rank, cancellation);
        seats.add(seat);
        return seat;
    }

    private void leave(Seat seat) {
        synchronized (OPEN) {
            seats.remove(seat);
            if (!seats.isEmpty()) {
                return;
            }
            OPEN.remove(address, this);
        }
        timer.shutdownNow();
        inlet.close();
        links.close();
    }

    /** Connects to all other processes of the round; the first rank of this one does so for the others. */
    private synchronized Exchange connect(
            List<byte[]> addresses, String here, ParameterUpdate update, Supplier<Parameters> parameters) {
        if (joined != null) {
            return joined.exchange();
        }
        VectorSlices slices = update.slices(address.ranks());
        SortedMap<Integer, String> speakers = new TreeMap<>();
        Map<String, SortedSet<Integer>> processes = new HashMap<>();
        for (int rank = 0; rank < address.ranks(); rank++) {
            String process = new String(addresses.get(rank), StandardCharsets.UTF_8);
            SortedSet<Integer> ranks = processes.computeIfAbsent(process, key -> new TreeSet<>());
            if (ranks.isEmpty() && !process.equals(here)) {
                speakers.put(rank, process);
            }
            ranks.add(rank);
        }
        SortedSet<Integer> local = Objects.requireNonNull(processes.get(here));
        Map<Integer, TransportClient> clients = connectAll(local.first(), speakers);
        TransportClient[] byRank = new TransportClient[address.ranks()];
        clients.forEach((speaker, client) -> {
            inlet.need(client);
            for (int rank : Objects.requireNonNull(processes.get(speakers.get(speaker)))) {
                byRank[rank] = client;
            }
        });
        Outlet outlet = new Outlet(address, slices, byRank);
        SortedSet<Integer> others = new TreeSet<>(speakers.keySet());
        Exchange exchange = new Exchange(parameters.get(), update, slices, local, others, outlet);
        joined = new Joined(exchange, outlet);
        inlet.open(exchange);
        return exchange;
    }

    /**
     * Connects to other processes, to several at the same time, the one behind this first: otherwise all processes
     * would begin with the same one.
     *
     * @param own the first rank of this process
     * @param speakers where the first rank of each other process listens
     */
    private Map<Integer, TransportClient> connectAll(int own, SortedMap<Integer, String> speakers) {
        List<Integer> order = new ArrayList<>(speakers.tailMap(own).keySet());
        order.addAll(speakers.headMap(own).keySet());
        Map<Integer, TransportClient> clients = new HashMap<>();
        if (order.isEmpty()) {
            return clients;
        }
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(order.size(), MOST_CONNECTING), work -> {
            Thread thread = new Thread(work, "lockstep-connect");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Map<Integer, Future<TransportClient>> connecting = new LinkedHashMap<>();
            for (int speaker : order) {
                String process = Objects.requireNonNull(speakers.get(speaker));
                int space = process.indexOf(' ');
                connecting.put(
                        speaker,
                        threads.submit(() -> links.connect(
                                process.substring(space + 1), Integer.parseInt(process.substring(0, space)))));
            }
            for (Map.Entry<Integer, Future<TransportClient>> connection : connecting.entrySet()) {
                clients.put(connection.getKey(), connection.getValue().get());
            }
            return clients;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new PeerFailureException("cannot reach another rank: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerFailureException("interrupted while connecting to other ranks", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private synchronized long bytesOut(int rank) {
        return joined != null && joined.outlet().firstLocal() == rank
                ? joined.outlet().bytesSent()
                : 0;
    }

    private synchronized long bytesSent(int rank) {
        return joined != null && joined.outlet().firstLocal() == rank
                ? joined.outlet().bytesSent() + joined.exchange().bytesHandedOver()
                : 0;
    }
}
