package org.sardiffusion.runtime.internal.schedule;

import java.util.List;
import java.util.stream.IntStream;
import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * Pseudo numerical methods for diffusion models: Liu et al., arXiv 2202.09778, equations 11 to 13.
 * Three steps of the pseudo Runge-Kutta method (four calls each) fill the history of the pseudo
 * linear multistep method; with {@code skip_prk_steps} lower orders fill it, and the first step is
 * taken a second time with the mean of both its ends. Diffusers: {@code scheduling_pndm.py}.
 */
final class PndmSampler extends Sampler {
  private static final int ORDER = 4;
  private static final int RUNGE_KUTTA_EVALUATIONS = 12;

  private final AlphaSchedule schedule;
  private final DiscreteTimesteps visits;
  private final boolean velocity;
  private final int rungeKutta;
  private final History outputs;
  private final float[] start;
  private final float[] average;
  private int calls;

  PndmSampler(AlphaSchedule schedule, LatentShape shape) {
    super(schedule, shape);
    Options options = schedule.options();
    this.schedule = schedule;
    this.visits = schedule.grid;
    this.velocity = PredictionType.of(options) == PredictionType.V_PREDICTION;
    this.rungeKutta = options.flag("skip_prk_steps") ? 0 : RUNGE_KUTTA_EVALUATIONS;
    this.outputs = new History(ORDER, shape.length());
    this.start = new float[shape.length()];
    this.average = new float[shape.length()];
  }

  @Override
  void advance(int index, float[] model, float[] x, StepNoise noise) {
    if (calls < rungeKutta) {
      rungeKuttaStage(visits.at(index), model, x);
    } else {
      multistep(visits.at(index), model, x);
    }
    calls++;
  }

  @Override
  SamplerState memory() {
    List<float[]> arrays = outputs.copies();
    arrays.add(start.clone());
    arrays.add(average.clone());
    return new SamplerState(List.of(calls), arrays);
  }

  @Override
  void remember(SamplerState memory) {
    calls = memory.counters().get(0);
    int kept = memory.arrays().size() - 2;
    outputs.restore(memory.arrays().subList(0, kept));
    System.arraycopy(memory.arrays().get(kept), 0, start, 0, start.length);
    System.arraycopy(memory.arrays().get(kept + 1), 0, average, 0, average.length);
  }

  /** One of the four stages of a classical Runge-Kutta step, each from the step's start. */
  private void rungeKuttaStage(int t, float[] model, float[] x) {
    int stage = calls % 4;
    int from = visits.at(calls - stage);
    int to = stage % 2 == 0 ? t - visits.stride() / 2 : t;
    if (stage == 0) {
      System.arraycopy(x, 0, start, 0, x.length);
      outputs.push(model);
    }
    float weight = stage % 3 == 0 ? (float) (1 / 6.) : (float) (1 / 3.);
    for (int j = 0; j < x.length; j++) {
      average[j] = (stage == 0 ? 0 : average[j]) + weight * model[j];
    }
    System.arraycopy(start, 0, x, 0, x.length);
    transfer(x, stage == 3 ? average : model, from, to);
  }

  /** Adams and Bashforth's weights on the outputs so far. */
  private void multistep(int t, float[] model, float[] x) {
    boolean second = rungeKutta == 0 && calls == 1;
    int from = second ? t + visits.stride() : t;
    int to = second ? t : t - visits.stride();
    if (second) {
      float[] first = outputs.back(0);
      for (int j = 0; j < x.length; j++) {
        model[j] = (model[j] + first[j]) / 2;
      }
      System.arraycopy(start, 0, x, 0, x.length);
    } else {
      if (calls == 0) {
        System.arraycopy(x, 0, start, 0, x.length);
      }
      outputs.push(model);
      extrapolate(model);
    }
    transfer(x, model, from, to);
  }

  private void extrapolate(float[] model) {
    float[] e1 = outputs.back(0);
    float[] e2 = outputs.back(1);
    float[] e3 = outputs.back(2);
    float[] e4 = outputs.back(3);
    float twentyFourth = (float) (1 / 24.);
    switch (outputs.size()) {
      case 1 -> {}
      case 2 -> {
        for (int j = 0; j < model.length; j++) {
          model[j] = (3 * e1[j] - e2[j]) / 2;
        }
      }
      case 3 -> {
        for (int j = 0; j < model.length; j++) {
          model[j] = (23 * e1[j] - 16 * e2[j] + 5 * e3[j]) / 12;
        }
      }
      default -> {
        for (int j = 0; j < model.length; j++) {
          model[j] = twentyFourth * (55 * e1[j] - 59 * e2[j] + 37 * e3[j] - 9 * e4[j]);
        }
      }
    }
  }

  /** Liu et al.'s equation 11: the sample at {@code from} carried to {@code to}. */
  private void transfer(float[] x, float[] model, int from, int to) {
    float product = schedule.alphaProduct(from);
    float nextProduct = schedule.alphaProductOrFinal(to);
    float alpha = (float) Math.sqrt(product);
    float sigma = (float) Math.sqrt(1 - product);
    float sampleWeight = (float) Math.sqrt(nextProduct / product);
    float denominator =
        product * (float) Math.sqrt(1 - nextProduct)
            + (float) Math.sqrt(product * (1 - product) * nextProduct);
    float difference = nextProduct - product;
    for (int j = 0; j < x.length; j++) {
      float output = velocity ? alpha * model[j] + sigma * x[j] : model[j];
      x[j] = sampleWeight * x[j] - difference * output / denominator;
    }
  }

  /** The calls in order: Runge-Kutta visits midpoints, multistep the second timestep twice. */
  static DiscreteTimesteps visits(Options options, DiscreteTimesteps grid) {
    int steps = grid.size();
    if (options.flag("skip_prk_steps")) {
      int[] visits =
          steps == 1
              ? grid.timesteps()
              : IntStream.range(0, steps + 1).map(i -> grid.at(i < 2 ? i : i - 1)).toArray();
      return new DiscreteTimesteps(visits, grid.stride());
    }
    if (steps < ORDER) {
      throw options.impossible(
          "at least %d steps are needed unless \"skip_prk_steps\" is on".formatted(ORDER));
    }
    int half = grid.stride() / 2;
    IntStream first =
        IntStream.range(0, 3)
            .flatMap(
                i -> {
                  int middle = grid.at(i + 1) + half;
                  return IntStream.of(grid.at(i), middle, middle, grid.at(i + 1));
                });
    IntStream rest = IntStream.range(3, steps).map(grid::at);
    return new DiscreteTimesteps(IntStream.concat(first, rest).toArray(), grid.stride());
  }
}
