package org.sardiffusion.runtime.schedule;

/** Which sampler to run: the one that the bundle names, or one that the user names. */
public sealed interface SamplerChoice {

  /** The scheduler class that {@code _class_name} in the bundle's configuration names. */
  record BundleDefault() implements SamplerChoice {}

  /** The sampler of that name, with the bundle's configuration as far as it applies. */
  record Named(SamplerName name) implements SamplerChoice {}
}
