/**
 * The result of an evaluation as files: JSON for programs, CSV, Markdown and LaTeX tables, plots,
 * and one HTML page that holds everything and needs no network.
 */
package org.sardiffusion.evaluation.report;
