package org.sardiffusion.evaluation.amplitude;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.math3.distribution.GammaDistribution;
import org.apache.commons.math3.distribution.LogNormalDistribution;
import org.apache.commons.math3.special.Beta;
import org.apache.commons.math3.special.Gamma;

/**
 * A distribution of amplitudes that radar statistics knows.
 *
 * <p>Source of the radar models: Oliver and Quegan, "Understanding Synthetic Aperture Radar
 * Images", chapter 5.
 */
public sealed interface AmplitudeModel {
  /** The name in reports. */
  String name();

  /** The parameters by name, in a fixed order. */
  Map<String, Double> parameters();

  /**
   * The distribution function.
   *
   * @param amplitude at least 0
   * @return the probability of a smaller amplitude, in [0,1]
   */
  double cumulative(double amplitude);

  /**
   * Fully developed one-look speckle on a uniform area: {@code F(a) = 1 - exp(-a^2 / (2 sigma^2))}.
   *
   * @param sigma standard deviation of the real part, above 0
   */
  record Rayleigh(double sigma) implements AmplitudeModel {
    @Override
    public String name() {
      return "Rayleigh";
    }

    @Override
    public Map<String, Double> parameters() {
      return Map.of("sigma", sigma);
    }

    @Override
    public double cumulative(double amplitude) {
      return -Math.expm1(-amplitude * amplitude / (2 * sigma * sigma));
    }
  }

  /**
   * One-look speckle on gamma-distributed backscatter: {@code F(a) = 1 - 2 / Gamma(order) (z /
   * 2)^order K_order(z)}, {@code z = 2 a sqrt(order / intensity)}. Small orders are spiky areas;
   * the limit of large ones is {@link Rayleigh}.
   *
   * @param order of the gamma distribution, above 0
   * @param intensity mean of the squared amplitude, above 0
   */
  record K(double order, double intensity) implements AmplitudeModel {
    @Override
    public String name() {
      return "K (one look)";
    }

    @Override
    public Map<String, Double> parameters() {
      Map<String, Double> parameters = new LinkedHashMap<>();
      parameters.put("order", order);
      parameters.put("intensity", intensity);
      return parameters;
    }

    @Override
    public double cumulative(double amplitude) {
      if (amplitude <= 0) {
        return 0;
      }
      double z = 2 * amplitude * Math.sqrt(order / intensity);
      double logarithm =
          Math.log(2)
              + order * Math.log(z / 2)
              + ModifiedBessel.logK(order, z)
              - Gamma.logGamma(order);
      return Math.min(1, Math.max(0, -Math.expm1(logarithm)));
    }
  }

  /**
   * Speckle of any number of looks on backscatter with the reciprocal of a gamma distribution,
   * which also fits very heterogeneous areas such as towns (A. C. Frery et al., "A model for
   * extremely heterogeneous clutter", 1997): {@code F(a) = I_z(looks, -alpha)}, the regularised
   * incomplete beta function at {@code z = looks a^2 / (looks a^2 + gamma)}.
   *
   * @param alpha roughness, below 0: near 0 is heterogeneous, far below it is uniform
   * @param gamma scale of the squared amplitude, above 0
   * @param looks above 0
   */
  record G0(double alpha, double gamma, double looks) implements AmplitudeModel {
    @Override
    public String name() {
      return "G0";
    }

    @Override
    public Map<String, Double> parameters() {
      Map<String, Double> parameters = new LinkedHashMap<>();
      parameters.put("alpha", alpha);
      parameters.put("gamma", gamma);
      parameters.put("looks", looks);
      return parameters;
    }

    @Override
    public double cumulative(double amplitude) {
      double intensity = looks * amplitude * amplitude;
      return Beta.regularizedBeta(intensity / (intensity + gamma), looks, -alpha);
    }
  }

  /**
   * The gamma distribution, of the amplitude itself.
   *
   * @param shape above 0
   * @param scale above 0
   */
  record GammaAmplitude(double shape, double scale) implements AmplitudeModel {
    @Override
    public String name() {
      return "Gamma";
    }

    @Override
    public Map<String, Double> parameters() {
      Map<String, Double> parameters = new LinkedHashMap<>();
      parameters.put("shape", shape);
      parameters.put("scale", scale);
      return parameters;
    }

    @Override
    public double cumulative(double amplitude) {
      return new GammaDistribution(null, shape, scale).cumulativeProbability(amplitude);
    }
  }

  /**
   * The log-normal distribution.
   *
   * @param mu mean of the logarithm
   * @param sigma standard deviation of the logarithm, above 0
   */
  record LogNormal(double mu, double sigma) implements AmplitudeModel {
    @Override
    public String name() {
      return "log-normal";
    }

    @Override
    public Map<String, Double> parameters() {
      Map<String, Double> parameters = new LinkedHashMap<>();
      parameters.put("mu", mu);
      parameters.put("sigma", sigma);
      return parameters;
    }

    @Override
    public double cumulative(double amplitude) {
      return new LogNormalDistribution(null, mu, sigma).cumulativeProbability(amplitude);
    }
  }
}
