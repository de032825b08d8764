/**
 * Tables and lists that come with images: CSV, JSON lines and Parquet, read whole into memory as
 * texts, each with the line that it stands in.
 */
package org.sardiffusion.geo.table;
