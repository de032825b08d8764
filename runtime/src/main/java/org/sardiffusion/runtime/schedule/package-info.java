/**
 * What a user says of the sampling of a model, and what its bundle says: the sampler by name, the
 * steps to take, and {@code scheduler_config.json}.
 */
package org.sardiffusion.runtime.schedule;
