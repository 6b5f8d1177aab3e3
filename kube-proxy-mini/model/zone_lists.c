/*
 * zone_lists - finds a list by comparing bytes with those stored before it.
 * The bytes are our own, so their counts and lengths are trusted.
 */
#include "kube-proxy-mini/model/zone_lists.h"

#include <string.h>

#define LIST_BYTES_MAX (1 + MODEL_HINTS_MAX * (1 + MODEL_NAME_MAX))

struct zone_lists zone_lists_make(void)
{
	return (struct zone_lists){
		buf_growing((size_t)MODEL_ENDPOINTS_MAX * LIST_BYTES_MAX), 0};
}

void zone_lists_free(struct zone_lists *z)
{
	buf_free(&z->bytes);
}

static void put_list(struct buf *b, const struct model_endpoint *p)
{
	buf_byte(b, (char)p->n_hint_zones);
	for (size_t i = 0; i < p->n_hint_zones; i++) {
		buf_byte(b, (char)p->hint_zones[i].n);
		buf_str(b, p->hint_zones[i]);
	}
}

static size_t list_len(const uint8_t *list)
{
	size_t n = 1;

	for (size_t i = 0; i < list[0]; i++)
		n += 1u + list[n];
	return n;
}

uint16_t zone_lists_add(struct zone_lists *z, const struct model_endpoint *p)
{
	char room[LIST_BYTES_MAX];
	struct buf one = buf_fixed(room, sizeof(room));
	const uint8_t *at = (const uint8_t *)z->bytes.p;

	if (!p->n_hint_zones || p->n_hint_zones > MODEL_HINTS_MAX)
		return 0;
	put_list(&one, p);
	if (one.full)
		return 0;
	for (size_t i = 0; i < z->n; i++, at += list_len(at))
		if (list_len(at) == one.n && memcmp(at, one.p, one.n) == 0)
			return (uint16_t)(i + 1);
	buf_put(&z->bytes, one.p, one.n);
	return z->bytes.full ? 0 : (uint16_t)++z->n;
}

static bool list_has(const uint8_t *list, struct str zone)
{
	const uint8_t *p = list + 1;

	for (size_t i = 0; i < list[0]; i++) {
		size_t len = *p++;

		if (str_eq((struct str){(const char *)p, len}, zone))
			return true;
		p += len;
	}
	return false;
}

void zone_lists_flags(
	const uint8_t *lists, size_t n, struct str zone, uint8_t *flags)
{
	flags[0] = 0;
	for (size_t i = 1; i <= n; i++, lists += list_len(lists)) {
		flags[i] = MODEL_EP_ZONE_HINTS;
		if (zone.n && list_has(lists, zone))
			flags[i] |= MODEL_EP_ZONE_OURS;
	}
}
