package org.sardiffusion.runtime.internal.schedule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Assertions;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.SchedulerConfig;
import org.sardiffusion.runtime.schedule.SchedulerException;
import org.sardiffusion.runtime.schedule.StepPlan;

/** Whatever a configuration says, there is a sampler with finite results or a clear refusal. */
class SamplerFuzzTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LatentShape SHAPE = new LatentShape(2, 2, 2, 2);
  private static final List<String> KEYS = new ArrayList<>(keys());
  private static final List<Object> SENSIBLE =
      List.of(
          "linear",
          "scaled_linear",
          "squaredcos_cap_v2",
          "sigmoid",
          "epsilon",
          "v_prediction",
          "sample",
          "leading",
          "trailing",
          "linspace",
          "zero",
          "sigma_min",
          "midpoint",
          "heun",
          "bh1",
          "log_linear",
          "continuous",
          "fixed_small_log",
          "sde-dpmsolver++",
          "dpmsolver",
          true,
          false,
          true,
          false,
          1,
          2,
          3,
          10,
          50,
          100,
          1000,
          0.0,
          1e-4,
          0.012,
          0.5,
          0.9,
          1.5,
          20.0);

  @Property(tries = 3000)
  void anyConfigurationWorksOrIsRefused(
      @ForAll("configurations") ObjectNode json,
      @ForAll SamplerName name,
      @ForAll("stepCounts") int steps) {
    SchedulerConfig config = SchedulerConfig.of(json, "fuzzed");
    ScheduleRequest request =
        ScheduleRequest.of(new SamplerChoice.Named(name), config, new StepPlan.Steps(steps));
    PseudoRun run;
    try {
      run = new PseudoRun(request, SHAPE);
    } catch (SchedulerException refused) {
      Statistics.collect("refused");
      Assertions.assertTrue(refused.getMessage().contains("fuzzed"), refused.getMessage());
      return;
    }
    Statistics.collect("ran");
    Assertions.assertTrue(run.isFinite(), name + " " + steps + " " + json);
  }

  @Provide
  Arbitrary<Integer> stepCounts() {
    return Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(9, Arbitraries.integers().between(1, 30)),
        net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(-1, 300)));
  }

  @Provide
  Arbitrary<ObjectNode> configurations() {
    Arbitrary<JsonNode> sensible = Arbitraries.of(SENSIBLE).map(JSON::valueToTree);
    Arbitrary<JsonNode> wild =
        Arbitraries.oneOf(
                Arbitraries.doubles().map(d -> (Object) d),
                Arbitraries.integers().map(i -> (Object) i),
                Arbitraries.strings().ofMaxLength(5).map(s -> (Object) s),
                Arbitraries.of(
                    Double.NaN, Double.POSITIVE_INFINITY, List.of(), List.of(0.1), 1e308))
            .map(JSON::valueToTree);
    Arbitrary<JsonNode> value =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(19, sensible), net.jqwik.api.Tuple.of(1, wild));
    return Combinators.combine(Arbitraries.of(KEYS), value)
        .as((key, v) -> (ObjectNode) JSON.createObjectNode().set(key, v))
        .list()
        .ofMinSize(0)
        .ofMaxSize(5)
        .map(
            entries -> {
              ObjectNode merged = JSON.createObjectNode();
              entries.forEach(merged::setAll);
              return merged;
            });
  }

  private static TreeSet<String> keys() {
    TreeSet<String> keys = new TreeSet<>();
    keys.add("_use_default_values");
    Goldens.signatures().forEach(signature -> signature.fieldNames().forEachRemaining(keys::add));
    return keys;
  }
}
