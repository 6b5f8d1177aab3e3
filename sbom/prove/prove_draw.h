/*
 * prove_draw - draw some of many by a seed: the same seed, the same ones.
 */
#ifndef KEELSON_SBOM_PROVE_PROVE_DRAW_H
#define KEELSON_SBOM_PROVE_PROVE_DRAW_H

#include <stddef.h>
#include <stdint.h>

/* Put `wanted` of n entries, drawn at random, to the front of the list. */
void prove_draw(uint32_t *list, size_t n, size_t wanted, uint64_t *seed);

#endif
