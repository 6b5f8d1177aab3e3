/*
 * chunk - counts the holders of each piece; the last one frees it.
 */
#include "kube-proxy-mini/plan/chunk.h"

#include <stdlib.h>
#include <string.h>

size_t chunk_count(uint32_t n)
{
	return (n + CHUNK_SLOTS - 1) / CHUNK_SLOTS;
}

static struct chunk *chunk_make(void)
{
	struct chunk *c = calloc(1, sizeof(*c));

	if (c)
		c->holders = 1;
	return c;
}

static void chunk_drop(struct chunk *c)
{
	if (--c->holders == 0)
		free(c);
}

int chunks_fill(
	struct chunk **chunks, const struct plan_endpoint *slots, uint32_t n)
{
	uint32_t some;

	for (uint32_t i = 0; i < n; i += CHUNK_SLOTS) {
		struct chunk *c = chunk_make();

		if (!c) {
			chunks_drop(chunks, i);
			return -1;
		}
		some = n - i < CHUNK_SLOTS ? n - i : CHUNK_SLOTS;
		memcpy(c->slots, slots + i, some * sizeof(*slots));
		chunks[i / CHUNK_SLOTS] = c;
	}
	return 0;
}

int chunks_share(struct chunk **chunks, uint32_t now_n,
	struct chunk *const *from, uint32_t n)
{
	size_t held = chunk_count(n);

	for (size_t i = 0; i < chunk_count(now_n); i++) {
		chunks[i] = i < held ? from[i] : chunk_make();
		if (!chunks[i]) {
			chunks_drop(chunks, (uint32_t)i * CHUNK_SLOTS);
			return -1;
		}
		chunks[i]->holders += i < held;
	}
	return 0;
}

struct plan_endpoint *chunks_own(struct chunk **chunks, uint32_t slot)
{
	struct chunk **at = &chunks[slot / CHUNK_SLOTS];
	struct chunk *own;

	if ((*at)->holders > 1) {
		own = malloc(sizeof(*own));
		if (!own)
			return NULL;
		*own = **at;
		own->holders = 1;
		chunk_drop(*at);
		*at = own;
	}
	return &(*at)->slots[slot % CHUNK_SLOTS];
}

void chunks_drop(struct chunk **chunks, uint32_t n)
{
	for (size_t i = 0; i < chunk_count(n); i++)
		chunk_drop(chunks[i]);
}
