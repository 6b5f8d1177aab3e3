/*
 * page_hashes - hash pages as they stream past, one list per pagemap.
 *
 * The key is as long as a block of SHA-256, so its state is computed once and
 * copied for each page.  A list is indexed by a page's position among the
 * runs of its map (pagemap_run.before + offset).
 */
#include "checkpoint-agent/inspect/page_hashes.h"

#include "lib/arc/seal.h"

#include <stdlib.h>
#include <string.h>

#define KEY_BYTES 64 /* one block of SHA-256 */

int page_hashes_key(struct sha256 *key, struct err *e)
{
	unsigned char random[KEY_BYTES];

	if (seal_random(random, sizeof(random), e) < 0)
		return -1;
	sha256_start(key);
	sha256_add(key, random, sizeof(random));
	return 0;
}

uint64_t page_hashes_of(const struct sha256 *key, const void *bytes, size_t n)
{
	unsigned char hash[SHA256_BYTES];
	struct sha256 s = *key;
	uint64_t head;

	sha256_add(&s, bytes, n);
	sha256_finish(&s, hash);
	memcpy(&head, hash, sizeof(head));
	return head;
}

int page_hashes_start(struct page_hashes *h, const struct sha256 *key,
	const struct pagemap *m, struct err *e)
{
	*h = (struct page_hashes){.key = key, .memory = m};
	h->pages = calloc(m->map_count + 1, sizeof(*h->pages));
	for (size_t i = 0; h->pages && i < m->map_count; i++) {
		h->pages[i] = calloc(
			(size_t)m->maps[i].run_pages + 1, sizeof(**h->pages));
		if (!h->pages[i])
			return err_kind(e, ERR_LIMIT, "out of memory");
	}
	return h->pages ? 0 : err_kind(e, ERR_LIMIT, "out of memory");
}

void page_hashes_free(struct page_hashes *h)
{
	for (size_t i = 0; h->pages && i < h->memory->map_count; i++)
		free(h->pages[i]);
	free(h->pages);
	h->pages = NULL;
}

int page_hashes_put(
	struct page_hashes *h, const struct pagemap_piece *piece, struct err *e)
{
	size_t i = (size_t)(piece->map - h->memory->maps), n = piece->n;
	const char *p = piece->bytes;

	if (i != h->now)
		h->next = 0;
	h->now = i;
	if (n % PAGEMAP_PAGE_BYTES != 0 ||
		n / PAGEMAP_PAGE_BYTES > piece->map->run_pages - h->next)
		return err_kind(e, ERR_INPUT, "pages are truncated");
	for (; n; n -= PAGEMAP_PAGE_BYTES, p += PAGEMAP_PAGE_BYTES)
		h->pages[i][h->next++] =
			page_hashes_of(h->key, p, PAGEMAP_PAGE_BYTES);
	return 0;
}
