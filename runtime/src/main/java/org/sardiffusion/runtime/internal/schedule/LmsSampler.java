package org.sardiffusion.runtime.internal.schedule;

import java.util.List;
import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * Linear multistep (Adams-Bashforth on uneven steps) of order 4 in sigma: the last derivatives are
 * interpolated by a polynomial, which is integrated over the step (Hairer, Norsett and Wanner,
 * "Solving Ordinary Differential Equations I", section III.5; k-diffusion's {@code sample_lms}).
 * Diffusers: {@code scheduling_lms_discrete.py}.
 */
final class LmsSampler extends Sampler {
  private static final int ORDER = 4;

  /**
   * The nodes of Gauss and Kronrod's rule of 21 points on [0, 1], from QUADPACK's {@code dqk21}.
   */
  private static final double[] NODES = {
    0.995657163025808080735527280689003,
    0.973906528517171720077964012084452,
    0.930157491355708226001207180059508,
    0.865063366688984510732096688423493,
    0.780817726586416897063717578345042,
    0.679409568299024406234327365114874,
    0.562757134668604683339000099272694,
    0.433395394129247190799265943165784,
    0.294392862701460198131126603103866,
    0.14887433898163121088482600112972,
    0
  };

  private static final double[] NODE_WEIGHTS = {
    0.011694638867371874278064396062192, 0.03255816230796472747881897245939,
    0.05475589657435199603138130024458, 0.07503967481091995276704314091619,
    0.093125454583697605535065465083366, 0.109387158802297641899210590325805,
    0.123491976262065851077958109585166, 0.134709217311473325928054001771707,
    0.142775938577060080797094273138717, 0.147739104901338491374841515972068,
    0.149445554002916905664936468389821
  };

  private final float[] sigmas;
  private final PredictionType prediction;
  private final History derivatives;

  LmsSampler(SigmaSchedule schedule, LatentShape shape) {
    super(schedule, shape);
    sigmas = schedule.sigmas;
    prediction = PredictionType.of(schedule.options());
    derivatives = new History(ORDER, shape.length());
  }

  @Override
  void advance(int index, float[] model, float[] x, StepNoise noise) {
    float sigma = sigmas[index];
    prediction.denoise(model, x, sigma);
    for (int j = 0; j < x.length; j++) {
      model[j] = (x[j] - model[j]) / sigma;
    }
    derivatives.push(model);
    int order = Math.min(index + 1, ORDER);
    // From here on the prediction's array holds the weighted sum of derivatives.
    for (int k = 0; k < Math.min(order, derivatives.size()); k++) {
      float weight = (float) weight(index, order, k);
      float[] derivative = derivatives.back(k);
      for (int j = 0; j < x.length; j++) {
        model[j] = (k == 0 ? 0 : model[j]) + weight * derivative[j];
      }
    }
    for (int j = 0; j < x.length; j++) {
      x[j] += model[j];
    }
  }

  @Override
  SamplerState memory() {
    return new SamplerState(List.of(), derivatives.copies());
  }

  @Override
  void remember(SamplerState memory) {
    derivatives.restore(memory.arrays());
  }

  /**
   * The integral over the step of the k-th Lagrange polynomial. A rule of two nodes would be exact;
   * this one has the nodes of diffusers' {@code scipy.integrate.quad}, because the float32 rounding
   * of the polynomial at each of them shows in runs of more than forty steps.
   */
  private double weight(int index, int order, int k) {
    double middle = 0.5 * ((double) sigmas[index + 1] + sigmas[index]);
    double half = 0.5 * ((double) sigmas[index] - sigmas[index + 1]);
    int centre = NODES.length - 1;
    double sum = NODE_WEIGHTS[centre] * lagrange(index, order, k, middle);
    for (int i = 0; i < centre; i++) {
      double distance = half * NODES[i];
      double pair =
          lagrange(index, order, k, middle - distance)
              + lagrange(index, order, k, middle + distance);
      sum += NODE_WEIGHTS[i] * pair;
    }
    return -sum * half;
  }

  private double lagrange(int index, int order, int k, double sigma) {
    float product = 1;
    for (int other = 0; other < order; other++) {
      if (other != k) {
        product *=
            ((float) sigma - sigmas[index - other]) / (sigmas[index - k] - sigmas[index - other]);
      }
    }
    return product;
  }
}
