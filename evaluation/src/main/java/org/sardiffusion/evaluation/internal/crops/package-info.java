/**
 * What a crop of 112 x 112 pixels looks like, in numbers that do not know what it shows: its power
 * spectrum, the moments of its blocks, its correlations, its co-occurrence and its quantiles.
 */
package org.sardiffusion.evaluation.internal.crops;
