/**
 * Apache Parquet, as far as lists and manifests need it: flat columns of texts, numbers and
 * booleans.
 *
 * <p>Source: apache/parquet-format, {@code README.md}, {@code parquet.thrift}, {@code
 * Encodings.md}, {@code Compression.md} and {@code LogicalTypes.md}; numbers of fields and types
 * are theirs.
 */
package org.sardiffusion.geo.table.parquet;
