/**
 * What this machine can run: one class for each thing that is looked at, each giving findings and
 * remedies.
 */
package org.sardiffusion.cli.doctor;
