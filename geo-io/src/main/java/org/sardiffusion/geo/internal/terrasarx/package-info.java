/**
 * TerraSAR-X, TanDEM-X and PAZ level 1b products: complex (SSC) and detected (MGD, GEC, EEC).
 *
 * <p>After DLR's TX-GS-DD-3307 (Level 1b Product Format Specification) and TX-SE-DS-4049 (COSAR),
 * as read by GDAL's {@code frmts/cosar}, sarpy's {@code io/complex/tsx.py} and ESA SNAP.
 */
package org.sardiffusion.geo.internal.terrasarx;
