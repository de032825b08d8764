/**
 * How a training set is built: sources are prepared and measured, patches told apart and written,
 * and the whole is assembled beside its target.
 */
package org.sardiffusion.training.internal.dataset;
