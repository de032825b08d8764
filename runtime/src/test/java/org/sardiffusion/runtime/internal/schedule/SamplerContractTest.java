package org.sardiffusion.runtime.internal.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.SchedulerConfig;
import org.sardiffusion.runtime.schedule.SchedulerException;
import org.sardiffusion.runtime.schedule.StepPlan;

/** What every sampler promises. */
class SamplerContractTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LatentShape SINGLE = new LatentShape(1, 4, 4, 4);
  private static final LatentShape PAIR = new LatentShape(2, 4, 4, 4);

  @ParameterizedTest
  @EnumSource
  void runsTheSameTwice(SamplerName name) {
    assertArrayEquals(
        new PseudoRun(request(name, 6), PAIR).sample, new PseudoRun(request(name, 6), PAIR).sample);
  }

  /** A fresh sampler takes the place of the former one before every call. */
  @ParameterizedTest
  @EnumSource
  void goesOnFromItsState(SamplerName name) {
    for (int steps : List.of(1, 2, 7, 20)) {
      if (name == SamplerName.PNDM && steps < 4) {
        continue;
      }
      Schedule schedule = Schedule.of(withEta(request(name, steps), 0.5));
      PseudoRun whole = new PseudoRun(schedule, PAIR, PseudoRun.noiseOf(PAIR));
      Goldens.Stream noise = new Goldens.Stream();
      float[] sample = PseudoRun.noiseOf(PAIR);
      noise.fill(new float[PAIR.length()]);
      float sigma = (float) schedule.initNoiseSigma();
      for (int j = 0; j < sample.length; j++) {
        sample[j] *= sigma;
      }
      float[] scaled = new float[sample.length];
      float[] prediction = new float[sample.length];
      SamplerState state = schedule.newSampler(PAIR).state();
      for (int index = 0; index < whole.timesteps.length; index++) {
        Sampler sampler = schedule.newSampler(PAIR);
        sampler.resume(state);
        schedule.scaleModelInput(index, sample, scaled);
        Goldens.pseudoModel(whole.timesteps[index], scaled, prediction, PAIR);
        sampler.step(index, prediction, sample, noise);
        state = sampler.state();
      }
      assertArrayEquals(whole.sample, sample, name.id());
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesAnotherSamplersState(SamplerName name) {
    Sampler sampler = Schedule.of(request(name, 6)).newSampler(PAIR);
    SamplerState ofMore = new SamplerState(List.of(1, 2, 3, 4), List.of());
    assertThrows(IllegalArgumentException.class, () -> sampler.resume(ofMore));
    SamplerState ofOtherShape =
        new SamplerState(sampler.state().counters(), List.of(new float[SINGLE.length()]));
    assertThrows(IllegalArgumentException.class, () -> sampler.resume(ofOtherShape));
  }

  @ParameterizedTest
  @EnumSource
  void aBatchOfTwoIsTwoSingles(SamplerName name) {
    Schedule schedule = Schedule.of(thresholded(request(name, 6)));
    float[] initial = PseudoRun.noiseOf(PAIR);
    int half = SINGLE.length();
    float[] together = runWithConstantNoise(schedule, PAIR, initial);
    for (int image = 0; image < 2; image++) {
      float[] own = Arrays.copyOfRange(initial, image * half, (image + 1) * half);
      assertArrayEquals(
          Arrays.copyOfRange(together, image * half, (image + 1) * half),
          runWithConstantNoise(schedule, SINGLE, own),
          name.id());
    }
  }

  @ParameterizedTest
  @EnumSource
  void isFiniteAtZeroTerminalSnr(SamplerName name) {
    for (int steps : List.of(4, 5, 20, 50)) {
      ScheduleRequest request =
          with(
              request(name, steps),
              "rescale_betas_zero_snr",
              true,
              "timestep_spacing",
              "trailing",
              "prediction_type",
              "v_prediction");
      assertTrue(new PseudoRun(request, PAIR).isFinite(), name + " " + steps);
    }
  }

  @ParameterizedTest
  @EnumSource
  void timestepsDescendWithinTraining(SamplerName name) {
    for (String spacing : List.of("leading", "linspace", "trailing")) {
      for (int steps = 1; steps <= 50; steps++) {
        double[] timesteps =
            Schedule.of(with(request(name, steps), "timestep_spacing", spacing)).timesteps();
        assertTrue(timesteps[0] < 1000 && timesteps[timesteps.length - 1] >= 0, name + spacing);
        for (int i = 1; i < timesteps.length; i++) {
          assertTrue(timesteps[i] <= timesteps[i - 1], name + spacing);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DDIM", "DDPM", "PNDM"})
  void leavesOutTheTimestepBelowZeroThatDiffusersAddsToSomeTrailingRuns(SamplerName name) {
    for (int steps : List.of(61, 103, 201, 999)) {
      double[] timesteps =
          Schedule.of(with(request(name, steps), "timestep_spacing", "trailing")).timesteps();
      assertEquals(name == SamplerName.PNDM ? steps + 1 : steps, timesteps.length);
      assertTrue(timesteps[timesteps.length - 1] >= 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void handsOutItsTimestepsForKeeps(SamplerName name) {
    Schedule schedule = Schedule.of(request(name, 4));
    assertNotSame(schedule.timesteps(), schedule.timesteps());
    schedule.timesteps()[0] = -7;
    assertTrue(schedule.timesteps()[0] > 0);
  }

  @ParameterizedTest
  @EnumSource
  void scalesInPlaceAsWell(SamplerName name) {
    Schedule schedule = Schedule.of(request(name, 4));
    float[] sample = PseudoRun.noiseOf(SINGLE);
    float[] before = sample.clone();
    float[] scaled = new float[sample.length];
    schedule.scaleModelInput(0, sample, scaled);
    assertArrayEquals(before, sample);
    schedule.scaleModelInput(0, sample, sample);
    assertArrayEquals(scaled, sample);
  }

  @ParameterizedTest
  @EnumSource
  void refusesIndicesOutOfTurn(SamplerName name) {
    Schedule schedule = Schedule.of(request(name, 6));
    Sampler sampler = schedule.newSampler(SINGLE);
    float[] sample = PseudoRun.noiseOf(SINGLE);
    float[] prediction = sample.clone();
    assertThrows(
        IllegalArgumentException.class, () -> sampler.step(-1, prediction, sample, t -> {}));
    int beyond = schedule.calls();
    assertThrows(
        IllegalArgumentException.class, () -> sampler.step(beyond, prediction, sample, t -> {}));
    sampler.step(0, prediction, sample, t -> {});
    assertThrows(
        IllegalArgumentException.class, () -> sampler.step(0, prediction, sample, t -> {}));
    assertThrows(
        IllegalArgumentException.class, () -> sampler.step(2, prediction, sample, t -> {}));
    assertThrows(
        IllegalArgumentException.class, () -> schedule.scaleModelInput(beyond, sample, prediction));
    sampler.step(1, prediction, sample, t -> {});
  }

  @ParameterizedTest
  @EnumSource
  void refusesArraysOfAnotherShape(SamplerName name) {
    Schedule schedule = Schedule.of(request(name, 4));
    Sampler sampler = schedule.newSampler(SINGLE);
    float[] right = new float[SINGLE.length()];
    float[] wrong = new float[SINGLE.length() + 1];
    assertThrows(IllegalArgumentException.class, () -> sampler.step(0, wrong, right, t -> {}));
    assertThrows(IllegalArgumentException.class, () -> sampler.step(0, right, wrong, t -> {}));
    assertThrows(IllegalArgumentException.class, () -> schedule.scaleModelInput(0, right, wrong));
  }

  @ParameterizedTest
  @EnumSource
  void refusesImpossiblePlans(SamplerName name) {
    List<StepPlan> impossible =
        List.of(
            new StepPlan.Steps(0),
            new StepPlan.Steps(-3),
            new StepPlan.Steps(Integer.MAX_VALUE),
            new StepPlan.Timesteps(List.of()),
            new StepPlan.Timesteps(List.of(1000, 500)),
            new StepPlan.Timesteps(List.of(500, -1)),
            new StepPlan.Timesteps(List.of(500, 500)),
            new StepPlan.Timesteps(List.of(100, 500)),
            new StepPlan.Sigmas(List.of()),
            new StepPlan.Sigmas(List.of(1.0)),
            new StepPlan.Sigmas(List.of(1.0, 2.0)),
            new StepPlan.Sigmas(List.of(3.0, 0.0, -1.0)),
            new StepPlan.Sigmas(List.of(Double.NaN, 0.0)),
            new StepPlan.Sigmas(List.of(Double.POSITIVE_INFINITY, 0.0)));
    for (StepPlan plan : impossible) {
      ScheduleRequest request = ScheduleRequest.of(new SamplerChoice.Named(name), config(), plan);
      assertThrows(SchedulerException.class, () -> Schedule.of(request), plan::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesImpossibleEtasAndShapes(SamplerName name) {
    for (double eta : new double[] {-0.1, 1.1, Double.NaN}) {
      ScheduleRequest request = withEta(request(name, 4), eta);
      assertThrows(SchedulerException.class, () -> Schedule.of(request));
    }
    Schedule schedule = Schedule.of(request(name, 4));
    LatentShape empty = new LatentShape(0, 4, 4, 4);
    assertThrows(IllegalArgumentException.class, () -> schedule.newSampler(empty));
  }

  @ParameterizedTest
  @EnumSource
  void mayStartLate(SamplerName name) {
    Schedule schedule = Schedule.of(request(name, 20));
    Sampler sampler = schedule.newSampler(SINGLE);
    int begin = 10; // even, as Heun's method takes two calls a step
    float[] sample = PseudoRun.noiseOf(SINGLE);
    float[] prediction = new float[sample.length];
    for (int index = begin; index < schedule.calls(); index++) {
      schedule.scaleModelInput(index, sample, prediction);
      sampler.step(index, prediction, sample, target -> Arrays.fill(target, 0.1f));
    }
    for (float value : sample) {
      assertTrue(Float.isFinite(value));
    }
  }

  private static float[] runWithConstantNoise(
      Schedule schedule, LatentShape shape, float[] initial) {
    Sampler sampler = schedule.newSampler(shape);
    double[] timesteps = schedule.timesteps();
    float[] sample = initial.clone();
    float[] prediction = new float[sample.length];
    float[] scaled = new float[sample.length];
    for (int index = 0; index < timesteps.length; index++) {
      schedule.scaleModelInput(index, sample, scaled);
      Goldens.pseudoModel(timesteps[index], scaled, prediction, shape);
      sampler.step(index, prediction, sample, target -> Arrays.fill(target, 0.25f));
    }
    return sample;
  }

  private static SchedulerConfig config() {
    return SchedulerConfig.of(Goldens.cases().get(0).get("config"), "SDXL");
  }

  private static ScheduleRequest request(SamplerName name, int steps) {
    return ScheduleRequest.of(new SamplerChoice.Named(name), config(), new StepPlan.Steps(steps));
  }

  private static ScheduleRequest withEta(ScheduleRequest request, double eta) {
    return new ScheduleRequest(request.choice(), request.config(), request.plan(), eta);
  }

  private static ScheduleRequest thresholded(ScheduleRequest request) {
    return with(
        request, "thresholding", true, "sample_max_value", 1.5, "dynamic_thresholding_ratio", 0.9);
  }

  private static ScheduleRequest with(ScheduleRequest request, Object... options) {
    ObjectNode json = request.config().toJson();
    for (int i = 0; i < options.length; i += 2) {
      json.set((String) options[i], JSON.valueToTree(options[i + 1]));
    }
    return new ScheduleRequest(
        request.choice(), SchedulerConfig.of(json, "test"), request.plan(), request.eta());
  }
}
