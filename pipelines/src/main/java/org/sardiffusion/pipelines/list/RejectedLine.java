package org.sardiffusion.pipelines.list;

/**
 * A line of a prompt list of which no image can be made.
 *
 * @param number the line of the file, from 1
 * @param prompt what it would have shown, as far as that could be read
 * @param reason what is wrong with it
 */
public record RejectedLine(int number, String prompt, String reason) {}
