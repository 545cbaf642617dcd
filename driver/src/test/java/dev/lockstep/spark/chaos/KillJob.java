package dev.lockstep.spark.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A job of the training is killed by the link on Spark's page, which interrupts the training; it is started again.
 *
 * @param pick chooses the job, if several are under way
 */
record KillJob(int pick) implements Fault {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Pattern APPLICATION = Pattern.compile("\"id\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern JOB = Pattern.compile("\"jobId\"\\s*:\\s*(\\d+)");

    @Override
    public void inject(DisturbedTraining training) throws IOException, InterruptedException {
        Optional<String> page = training.page();
        if (page.isEmpty() || !training.isRunning()) {
            return;
        }
        try {
            String applications = page.get() + "/api/v1/applications";
            List<String> names = found(APPLICATION, get(applications));
            List<String> jobs = names.isEmpty()
                    ? List.of()
                    : found(JOB, get(applications + "/" + names.get(0) + "/jobs?status=running"));
            if (jobs.isEmpty()) {
                return;
            }
            get(page.get() + "/jobs/job/kill/?id=" + jobs.get(pick % jobs.size()));
        } catch (IOException e) {
            // The driver has ended, or Spark has not opened its page yet.
            return;
        }
        training.injected("job killed on Spark's page");
        training.restartAfterCancellation();
    }

    private static String get(String address) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address)).timeout(LIMIT).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static List<String> found(Pattern pattern, String text) {
        List<String> found = new ArrayList<>();
        for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
