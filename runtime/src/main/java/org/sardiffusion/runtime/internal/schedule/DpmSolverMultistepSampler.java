package org.sardiffusion.runtime.internal.schedule;

import java.util.List;
import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * DPM-Solver and DPM-Solver++ in their multistep forms of order 1 to 3, as ODE and SDE: Lu et al.,
 * arXiv 2206.00927 (section 3) and arXiv 2211.01095 (sections 4 and 5, appendix). Diffusers: {@code
 * scheduling_dpmsolver_multistep.py}.
 *
 * <p>With lambda the half log signal-to-noise ratio and h its growth over a step, the solution is
 * an exact decay of the sample plus an integral over the model's output, which is expanded in h: D0
 * is the output, D1 and D2 its divided differences over the steps before. The two algorithms differ
 * in whether the output is the clean sample (++) or the noise.
 */
final class DpmSolverMultistepSampler extends Sampler {
  private static final List<String> SOLVERS = List.of("midpoint", "heun", "logrho", "bh1", "bh2");

  /** Runs shorter than this end with lower orders if {@code lower_order_final}. */
  private static final int SHORT_RUN = 15;

  private final NoiseLevel[] levels;
  private final int steps;
  private final PredictionType predictionType;
  private final SampleClipping bound;
  private final boolean thresholds;
  private final DpmSolverAlgorithm algorithm;
  private final boolean heun;
  private final int order;
  private final boolean eulerAtEnd;
  private final boolean secondOrderBeforeEnd;
  private final History outputs;
  private final float[] fresh;
  private int warmUp;

  DpmSolverMultistepSampler(LogSnrSchedule schedule, LatentShape shape) {
    super(schedule, shape);
    Options options = schedule.options();
    levels = schedule.levels;
    steps = schedule.calls();
    predictionType = PredictionType.of(options);
    bound = SampleClipping.of(options, shape);
    thresholds = options.flag("thresholding");
    algorithm = DpmSolverAlgorithm.of(options);
    // The names that other classes' configurations bring along stand for the midpoint solver.
    heun = options.word("solver_type", SOLVERS).equals("heun");
    order = options.integer("solver_order", 1, 3);
    boolean endsClean =
        options.word("final_sigmas_type", List.of("zero", "sigma_min")).equals("zero");
    boolean lowerOrderFinal = options.flag("lower_order_final") && steps < SHORT_RUN;
    eulerAtEnd = options.flag("euler_at_final") || lowerOrderFinal || endsClean;
    secondOrderBeforeEnd = lowerOrderFinal;
    outputs = new History(order, shape.length());
    fresh = new float[algorithm.isStochastic() ? shape.length() : 0];
    checkCombination(options, endsClean);
  }

  private void checkCombination(Options options, boolean endsClean) {
    String asked = options.text("algorithm_type");
    if (endsClean && !asked.endsWith("++")) {
      throw options.refuse(
          "final_sigmas_type", "sigma_min when \"algorithm_type\" is \"%s\"".formatted(asked));
    }
    if (order == 3 && algorithm == DpmSolverAlgorithm.SDE_DPM_SOLVER) {
      throw options.refuse("solver_order", "1 or 2 when \"algorithm_type\" is \"sde-dpmsolver\"");
    }
    if (predictionType == PredictionType.EPSILON
        && options.isGiven("variance_type")
        && List.of("learned", "learned_range").contains(options.text("variance_type"))) {
      throw options.refuse(
          "variance_type", "a fixed one: this library runs no model of its variance");
    }
  }

  @Override
  void advance(int index, float[] model, float[] x, StepNoise noise) {
    convert(model, x, levels[index]);
    outputs.push(model);
    if (algorithm.isStochastic()) {
      noise.fill(fresh);
    }
    boolean last = index == steps - 1;
    boolean beforeLast = index == steps - 2;
    if (order == 1 || warmUp < 1 || last && eulerAtEnd) {
      first(index, x);
    } else if (order == 2 || warmUp < 2 || beforeLast && secondOrderBeforeEnd) {
      second(index, x);
    } else {
      third(index, x);
    }
    warmUp = Math.min(warmUp + 1, order);
  }

  @Override
  SamplerState memory() {
    return new SamplerState(List.of(warmUp), outputs.copies());
  }

  @Override
  void remember(SamplerState memory) {
    warmUp = memory.counters().get(0);
    outputs.restore(memory.arrays());
  }

  /** Turns the prediction into what the algorithm integrates: the clean sample or the noise. */
  private void convert(float[] model, float[] x, NoiseLevel level) {
    if (algorithm.integratesOriginal()) {
      predictionType.toOriginal(model, x, level.alpha(), level.sigma());
      bound.apply(model);
    } else {
      predictionType.toNoise(model, x, level.alpha(), level.sigma());
      if (thresholds) {
        PredictionType.EPSILON.toOriginal(model, x, level.alpha(), level.sigma());
        bound.apply(model);
        PredictionType.SAMPLE.toNoise(model, x, level.alpha(), level.sigma());
      }
    }
  }

  private void first(int index, float[] x) {
    DpmSolverWeights w = weights(index);
    float[] d0 = outputs.back(0);
    for (int j = 0; j < x.length; j++) {
      x[j] = w.sample() * x[j] + w.zeroth() * d0[j];
    }
    addNoise(x, w);
  }

  private void second(int index, float[] x) {
    DpmSolverWeights w = weights(index);
    float inverseR0 = 1 / (growth(index - 1) / growth(index));
    float weight = heun ? w.first() : w.midpoint();
    float[] m0 = outputs.back(0);
    float[] m1 = outputs.back(1);
    for (int j = 0; j < x.length; j++) {
      float d1 = inverseR0 * (m0[j] - m1[j]);
      x[j] = w.sample() * x[j] + w.zeroth() * m0[j] + weight * d1;
    }
    addNoise(x, w);
  }

  private void third(int index, float[] x) {
    DpmSolverWeights w = weights(index);
    float h = growth(index);
    float r0 = growth(index - 1) / h;
    float r1 = growth(index - 2) / h;
    float inverseR0 = 1 / r0;
    float inverseR1 = 1 / r1;
    float inverseSum = 1 / (r0 + r1);
    float share = r0 / (r0 + r1);
    float[] m0 = outputs.back(0);
    float[] m1 = outputs.back(1);
    float[] m2 = outputs.back(2);
    for (int j = 0; j < x.length; j++) {
      float newer = inverseR0 * (m0[j] - m1[j]);
      float older = inverseR1 * (m1[j] - m2[j]);
      float d1 = newer + share * (newer - older);
      float d2 = inverseSum * (newer - older);
      x[j] = w.sample() * x[j] + w.zeroth() * m0[j] + w.first() * d1 + w.second() * d2;
    }
    addNoise(x, w);
  }

  private void addNoise(float[] x, DpmSolverWeights w) {
    if (algorithm.isStochastic()) {
      for (int j = 0; j < x.length; j++) {
        x[j] += w.noise() * fresh[j];
      }
    }
  }

  private DpmSolverWeights weights(int index) {
    return DpmSolverWeights.of(algorithm, levels[index], levels[index + 1]);
  }

  /** The growth h of lambda over a step. */
  private float growth(int index) {
    return levels[index + 1].lambda() - levels[index].lambda();
  }
}
