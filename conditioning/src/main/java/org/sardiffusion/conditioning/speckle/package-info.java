/**
 * Speckle: looks, equivalent number of looks, local statistics, and images made coarser with it.
 */
package org.sardiffusion.conditioning.speckle;
