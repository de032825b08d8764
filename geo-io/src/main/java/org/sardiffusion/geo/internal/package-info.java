/** What the formats share that are written; the packages below are one format each. */
package org.sardiffusion.geo.internal;
