/*
 * memhash - see memhash.h.
 */
#include "checkpoint-agent/memhash.h"

#include "lib/arc/seal.h"

#include <stdlib.h>
#include <string.h>

#define KEY_BYTES 64 /* a block of SHA-256: hashed once for all pages */

int memhash_key(struct sha256 *key, struct err *e)
{
	unsigned char random[KEY_BYTES];

	if (seal_random(random, sizeof(random), e) < 0)
		return -1;
	sha256_start(key);
	sha256_add(key, random, sizeof(random));
	return 0;
}

uint64_t memhash_of(const struct sha256 *key, const void *bytes, size_t n)
{
	unsigned char hash[SHA256_BYTES];
	struct sha256 s = *key;
	uint64_t head;

	sha256_add(&s, bytes, n);
	sha256_finish(&s, hash);
	memcpy(&head, hash, sizeof(head));
	return head;
}

int memhash_start(struct memhash *h, const struct memory *m, struct err *e)
{
	*h = (struct memhash){.memory = m};
	h->pages = calloc(m->map_count + 1, sizeof(*h->pages));
	for (size_t i = 0; h->pages && i < m->map_count; i++) {
		h->pages[i] = calloc(
			(size_t)m->maps[i].run_pages + 1, sizeof(**h->pages));
		if (!h->pages[i])
			return err_kind(e, ERR_LIMIT, "out of memory");
	}
	return h->pages ? 0 : err_kind(e, ERR_LIMIT, "out of memory");
}

void memhash_free(struct memhash *h)
{
	for (size_t i = 0; h->pages && i < h->memory->map_count; i++)
		free(h->pages[i]);
	free(h->pages);
	h->pages = NULL;
}

int memhash_put(struct memhash *h, const struct sha256 *key,
	const struct memory_map *map, const void *bytes, size_t n,
	struct err *e)
{
	size_t i = (size_t)(map - h->memory->maps);
	const char *p = bytes;

	if (i != h->now)
		h->next = 0;
	h->now = i;
	if (n % MEMORY_PAGE_BYTES != 0 ||
		n / MEMORY_PAGE_BYTES > map->run_pages - h->next)
		return err_kind(e, ERR_INPUT, "pages are cut");
	for (; n; n -= MEMORY_PAGE_BYTES, p += MEMORY_PAGE_BYTES)
		h->pages[i][h->next++] = memhash_of(key, p, MEMORY_PAGE_BYTES);
	return 0;
}
