/**
 * The option table: a parameter is one row, with its name, type, range and help. Options of the
 * command, columns of lists, fields of recipes and the JSON Schema come from it.
 */
package org.sardiffusion.runtime.parameter;
