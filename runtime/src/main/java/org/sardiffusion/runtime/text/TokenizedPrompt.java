package org.sardiffusion.runtime.text;

import java.util.Optional;

/**
 * A prompt as a text encoder reads it.
 *
 * @param ids token ids: the start token, the prompt's tokens, the end token, padding; always {@link
 *     ClipTokenizer#maxLength} of them
 * @param contentLength how many tokens of the prompt there are between the start and the end token
 * @param truncatedText what had to be cut from the end of a long prompt, as the tokenizer decodes
 *     it (lower case); empty when everything fitted
 */
public record TokenizedPrompt(long[] ids, int contentLength, Optional<String> truncatedText) {}
