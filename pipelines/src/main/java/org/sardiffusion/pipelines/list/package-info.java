/**
 * Prompt lists: what a file of prompts asks for, line by line, and templates that stand for many
 * lines.
 */
package org.sardiffusion.pipelines.list;
