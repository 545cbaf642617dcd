package dev.lockstep.spark.scripts;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/**
 * YARN and HDFS in this JVM. Applications are submitted by {@code scripts/lockstep}; their containers are processes.
 */
public final class YarnCluster implements AutoCloseable {
    private static final String QUEUE = "yarn.scheduler.capacity.root.default.";
    private static final int MEMORY_MB = 8192;

    private final MiniDFSCluster hdfs;
    private final MiniYARNCluster yarn;
    private final Configuration configuration;
    private final Map<String, String> environment;

    private YarnCluster(Path folder, MiniDFSCluster hdfs, MiniYARNCluster yarn) throws IOException {
        this.hdfs = hdfs;
        this.yarn = yarn;
        this.configuration = yarn.getConfig();
        Path settings = Files.createDirectories(folder.resolve("hadoop-conf"));
        Configuration client = new Configuration(false);
        client.set("fs.defaultFS", configuration.get("fs.defaultFS"));
        configuration.getPropsWithPrefix("yarn.resourcemanager.").forEach((key, value) -> {
            client.set("yarn.resourcemanager." + key, value);
        });
        for (String name : List.of("core-site.xml", "yarn-site.xml")) {
            try (OutputStream out = Files.newOutputStream(settings.resolve(name))) {
                client.writeXml(out);
            }
        }
        this.environment = new HashMap<>(Scripts.quick(folder));
        environment.put("HADOOP_CONF_DIR", settings.toString());
    }

    /**
     * Starts a cluster of one node.
     *
     * @param folder for its files, and those of its containers
     */
    public static YarnCluster start(Path folder) throws IOException {
        Configuration configuration = new Configuration();
        configuration.set(
                MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
        MiniDFSCluster hdfs =
                new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
        hdfs.waitActive();
        configuration.set("fs.defaultFS", "hdfs://127.0.0.1:" + hdfs.getNameNodePort());
        configuration.set("yarn.scheduler.capacity.root.queues", "default");
        configuration.set(QUEUE + "capacity", "100");
        configuration.set(QUEUE + "maximum-capacity", "100");
        configuration.set(QUEUE + "user-limit-factor", "1");
        configuration.set(QUEUE + "state", "RUNNING");
        configuration.set(QUEUE + "acl_submit_applications", "*");
        configuration.set(QUEUE + "acl_administer_queue", "*");
        configuration.set("yarn.scheduler.capacity.maximum-am-resource-percent", "1.0");
        configuration.set("yarn.scheduler.capacity.node-locality-delay", "-1");
        configuration.setInt("yarn.scheduler.minimum-allocation-mb", 128);
        configuration.setInt("yarn.nodemanager.resource.memory-mb", MEMORY_MB);
        configuration.setBoolean("yarn.nodemanager.pmem-check-enabled", false);
        configuration.setBoolean("yarn.nodemanager.vmem-check-enabled", false);
        configuration.set("yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "99.9");
        // What containers wrote stays, so that a failure can be read.
        configuration.setInt("yarn.nodemanager.delete.debug-delay-sec", 600);
        MiniYARNCluster yarn = new MiniYARNCluster("lockstep", 1, 1, 1);
        yarn.init(configuration);
        yarn.start();
        return new YarnCluster(folder, hdfs, yarn);
    }

    /** Its configuration; the default file system is its HDFS. */
    public Configuration configuration() {
        return configuration;
    }

    /** What submits a command. */
    public ProcessBuilder command(Stream<String> options, Stream<String> command) {
        Stream<String> spark = Stream.of(
                "--master",
                "yarn",
                "--driver-memory",
                "512m",
                "--executor-memory",
                "512m",
                "--driver-java-options",
                Scripts.QUICK,
                "--conf",
                "spark.yarn.jars=local:"
                        + Scripts.PROJECT.toAbsolutePath().normalize().resolve("driver/target/spark-home/jars") + "/*",
                "--conf",
                "spark.yarn.appMasterEnv.JAVA_HOME=" + System.getProperty("java.home"),
                "--conf",
                "spark.executorEnv.JAVA_HOME=" + System.getProperty("java.home"));
        return Scripts.command(
                environment,
                "lockstep",
                Stream.of(spark, options, command).flatMap(part -> part).toList());
    }

    /** The process of a container that runs one of Spark's classes. */
    public Optional<ProcessHandle> container(String className) {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().command().orElse("").endsWith("java")
                        && commandLine(process).contains("\0" + className + "\0"))
                .findFirst();
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(process.pid()), "cmdline"));
        } catch (IOException e) {
            return "";
        }
    }

    /** All that containers have written to a stream, {@code stdout} or {@code stderr}. */
    public String said(String stream) throws IOException {
        StringBuilder said = new StringBuilder();
        try (Stream<Path> files = Files.walk(yarn.getTestWorkDir().toPath())) {
            for (Path file :
                    files.filter(path -> path.endsWith(stream)).sorted().toList()) {
                said.append(Files.readString(file));
            }
        }
        return said.toString();
    }

    @Override
    public void close() throws IOException {
        yarn.stop();
        FileSystem.closeAll();
        hdfs.shutdown();
    }
}
