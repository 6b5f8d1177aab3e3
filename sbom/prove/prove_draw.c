/* prove_draw - splitmix64 (Steele, Lea, Flood 2014) and half a shuffle. */
#include "sbom/prove/prove_draw.h"

static uint64_t draw_next(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

void prove_draw(uint32_t *list, size_t n, size_t wanted, uint64_t *seed)
{
	for (size_t i = 0; i < wanted && i + 1 < n; i++) {
		size_t k = i + draw_next(seed) % (n - i);
		uint32_t swap = list[i];

		list[i] = list[k];
		list[k] = swap;
	}
}
