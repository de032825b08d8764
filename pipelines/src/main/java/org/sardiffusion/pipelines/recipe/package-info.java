/**
 * What every output carries: how it was made, so that it can be made again. One form for images,
 * refined images and scenes; recipes of older versions are brought to the newest before they are
 * read.
 */
package org.sardiffusion.pipelines.recipe;
