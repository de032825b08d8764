package org.sardiffusion.runtime.internal.schedule;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * UniPC, a predictor and corrector from the same model outputs: Zhao et al., arXiv 2302.04867,
 * section 3, with B(h) = h ("bh1") or e^h - 1 ("bh2"). Diffusers: {@code
 * scheduling_unipc_multistep.py}.
 *
 * <p>Each call first corrects the sample that it was made at, then predicts the next.
 */
final class UniPcSampler extends Sampler {
  private static final int HIGHEST_ORDER = 3;

  private final NoiseLevel[] levels;
  private final int steps;
  private final PredictionType predictionType;
  private final SampleClipping bound;
  private final UniPcVariant variant;
  private final int order;
  private final boolean lowerOrderFinal;
  private final Set<Integer> uncorrected;
  private final History outputs;
  private final float[] start;
  private final float[] residual;
  private int currentOrder;

  UniPcSampler(LogSnrSchedule schedule, LatentShape shape) {
    super(schedule, shape);
    Options options = schedule.options();
    levels = schedule.levels;
    steps = schedule.calls();
    predictionType = PredictionType.of(options);
    variant = UniPcVariant.of(options);
    SampleClipping asked = SampleClipping.of(options, shape);
    bound = variant.integratesOriginal() ? asked : original -> {};
    order = options.integer("solver_order", 1, HIGHEST_ORDER);
    lowerOrderFinal = options.flag("lower_order_final");
    uncorrected =
        Arrays.stream(options.numbers("disable_corrector", Integer.MIN_VALUE, Integer.MAX_VALUE))
            .filter(step -> step == Math.rint(step))
            .mapToObj(step -> (int) step)
            .collect(Collectors.toUnmodifiableSet());
    outputs = new History(order, shape.length());
    start = new float[shape.length()];
    residual = new float[shape.length()];
    for (String option : List.of("solver_p", "shift_terminal")) {
      if (options.isGiven(option)) {
        throw options.refuse(option, "null");
      }
    }
    if (options.flag("use_dynamic_shifting")) {
      throw options.refuse("use_dynamic_shifting", "false");
    }
  }

  @Override
  void advance(int index, float[] model, float[] x, StepNoise noise) {
    NoiseLevel level = levels[index];
    if (variant.integratesOriginal()) {
      predictionType.toOriginal(model, x, level.alpha(), level.sigma());
      bound.apply(model);
    } else {
      predictionType.toNoise(model, x, level.alpha(), level.sigma());
    }
    if (outputs.size() > 0 && !uncorrected.contains(index - 1)) {
      correct(index, model, x);
    }
    int warmedUp = Math.min(outputs.size() + 1, order);
    currentOrder = lowerOrderFinal ? Math.min(warmedUp, steps - index) : warmedUp;
    outputs.push(model);
    System.arraycopy(x, 0, start, 0, x.length);
    predict(index, x);
  }

  @Override
  SamplerState memory() {
    List<float[]> arrays = outputs.copies();
    arrays.add(start.clone());
    return new SamplerState(List.of(currentOrder), arrays);
  }

  @Override
  void remember(SamplerState memory) {
    currentOrder = memory.counters().get(0);
    int kept = memory.arrays().size() - 1;
    outputs.restore(memory.arrays().subList(0, kept));
    System.arraycopy(memory.arrays().get(kept), 0, start, 0, start.length);
  }

  /** UniP: from the level of this call to the next. */
  private void predict(int index, float[] x) {
    UniPcExpansion expansion = new UniPcExpansion(variant, levels, index, currentOrder);
    int terms = currentOrder - 1;
    float[] weights = terms == 1 ? new float[] {0.5f} : expansion.solve(terms);
    sumDifferences(expansion, weights, terms);
    move(expansion, x, terms > 0);
  }

  /** UniC: the last step again, now that the model has been evaluated at its end. */
  private void correct(int index, float[] model, float[] x) {
    UniPcExpansion expansion = new UniPcExpansion(variant, levels, index - 1, currentOrder);
    int terms = currentOrder - 1;
    float[] weights = currentOrder == 1 ? new float[] {0.5f} : expansion.solve(currentOrder);
    sumDifferences(expansion, weights, terms);
    float[] m0 = outputs.back(0);
    float endWeight = weights[terms];
    for (int j = 0; j < x.length; j++) {
      residual[j] += endWeight * (model[j] - m0[j]);
    }
    move(expansion, x, true);
  }

  /** The weighted sum of divided differences of the outputs before. */
  private void sumDifferences(UniPcExpansion expansion, float[] weights, int terms) {
    Arrays.fill(residual, 0);
    float[] m0 = outputs.back(0);
    for (int k = 0; k < terms; k++) {
      float[] earlier = outputs.back(k + 1);
      float weight = weights[k];
      float ratio = expansion.ratios[k];
      for (int j = 0; j < residual.length; j++) {
        residual[j] += weight * ((earlier[j] - m0[j]) / ratio);
      }
    }
  }

  /** The exact first-order step from {@code start}, less B(h) times the residual. */
  private void move(UniPcExpansion expansion, float[] x, boolean hasResidual) {
    NoiseLevel from = expansion.from;
    NoiseLevel to = expansion.to;
    float decay =
        variant.integratesOriginal() ? to.sigma() / from.sigma() : to.alpha() / from.alpha();
    float scale = variant.integratesOriginal() ? to.alpha() : to.sigma();
    float outputWeight = scale * expansion.phi1;
    float residualWeight = scale * expansion.b;
    float[] m0 = outputs.back(0);
    for (int j = 0; j < x.length; j++) {
      float exact = decay * start[j] - outputWeight * m0[j];
      x[j] = hasResidual ? exact - residualWeight * residual[j] : exact;
    }
  }
}
