/**
 * The configuration of a training run: a YAML file, checked before anything starts.
 *
 * <p>{@link org.sardiffusion.training.configuration.ConfigurationDocument} knows where everything
 * stands in the text, {@link org.sardiffusion.training.configuration.RunConfiguration} is a text
 * that was found right.
 */
package org.sardiffusion.training.configuration;
