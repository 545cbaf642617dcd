package dev.lockstep.spark.doctor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.spec.SpecMapper;
import java.util.ArrayList;
import java.util.List;

/**
 * The findings of {@link Doctor}.
 *
 * @param findings facts and advice, in the order in which they were found
 * @param paces how fast each way of training is, those that were measured first; empty if the job does not train
 */
public record Diagnosis(List<Finding> findings, List<Pace> paces) {
    private static final String COLUMN = "%-12s %s";

    /** For a person: the facts, the speed, and what to change. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Finding finding : findings) {
            if (!finding.isAdvice()) {
                lines.add(String.format(COLUMN, finding.subject(), finding.text()));
            }
        }
        for (Pace pace : paces) {
            lines.add(String.format(COLUMN, "speed", pace.line()));
        }
        List<Finding> advice = findings.stream().filter(Finding::isAdvice).toList();
        if (advice.isEmpty()) {
            lines.add("nothing to change");
        }
        for (Finding finding : advice) {
            lines.add("");
            lines.add("change: " + finding.text());
            finding.remedies().forEach(remedy -> lines.add("    " + remedy));
        }
        return lines;
    }

    /** The same for a program. */
    public ObjectNode json() {
        ObjectNode object = SpecMapper.json().createObjectNode();
        ArrayNode all = object.putArray("findings");
        for (Finding finding : findings) {
            ObjectNode each = all.addObject().put("subject", finding.subject()).put("text", finding.text());
            ArrayNode remedies = each.putArray("remedies");
            finding.remedies().forEach(remedies::add);
        }
        ArrayNode speed = object.putArray("speed");
        for (Pace pace : paces) {
            speed.addObject()
                    .put("way", pace.way())
                    .put("measured", pace.measured())
                    .put("millisAStep", pace.millisAStep())
                    .put("secondsAnEpoch", pace.secondsAnEpoch())
                    .put("stepsInEpoch", pace.stepsInEpoch());
        }
        return object;
    }
}
