/*
 * elem - compares elements by the shape of their set, and encodes them.
 *
 * A key is its fields one after the other, each padded to whole words;
 * addresses and ports are in network order, marks in the machine's.
 */
#include "kube-proxy-mini/ruleset/elem.h"

#include "kube-proxy-mini/ruleset/elem_shape.h"

#include <arpa/inet.h>
#include <string.h>

uint32_t elem_list(const struct elem *el)
{
	uint32_t list;

	memcpy(&list, el->ip, sizeof(list));
	return list;
}

void elem_set_list(struct elem *el, uint32_t list)
{
	memcpy(el->ip, &list, sizeof(list));
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_places(const struct elem *a, const struct elem *b)
{
	int d = memcmp(a->ip, b->ip, sizeof(a->ip));

	if (!d)
		d = compare_numbers(a->proto, b->proto);
	if (!d)
		d = compare_numbers(a->port, b->port);
	return d;
}

int elem_compare(const struct elem *a, const struct elem *b)
{
	int d = compare_numbers(a->set, b->set);
	enum elem_shape key;

	if (!d)
		d = compare_numbers(a->family, b->family);
	if (d)
		return d;
	key = elem_shapes[a->set].key;
	if (key == SHAPE_ID)
		return compare_numbers(a->of.id, b->of.id);
	if (key == SHAPE_SLOT) {
		d = compare_numbers(a->of.group, b->of.group);
		return d ? d : compare_numbers(a->of.slot, b->of.slot);
	}
	d = compare_places(a, b);
	if (!d && key == SHAPE_RANGE)
		d = memcmp(a->client, b->client, sizeof(a->client));
	return d || key != SHAPE_RANGE ? d : compare_numbers(a->bits, b->bits);
}

bool elem_same_data(const struct elem *a, const struct elem *b)
{
	enum elem_shape data = elem_shapes[a->set].data;

	if (data == SHAPE_SERVICE)
		return a->of.masquerade == b->of.masquerade &&
		       a->of.class == b->of.class && a->of.group == b->of.group;
	if (data == SHAPE_ENDPOINT)
		return a->port == b->port &&
		       memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
	return data != SHAPE_ZERO_ID || a->of.id == b->of.id;
}

static void put(uint8_t *to, size_t *n, const void *bytes, size_t len)
{
	memcpy(to + *n, bytes, len);
	*n += (len + 3) & ~(size_t)3;
}

static void put_word(uint8_t *to, size_t *n, uint32_t v)
{
	put(to, n, &v, sizeof(v));
}

static void put_port(uint8_t *to, size_t *n, uint16_t port)
{
	port = htons(port);
	put(to, n, &port, sizeof(port));
}

static void put_place(const struct elem *el, uint8_t *to, size_t *n)
{
	put(to, n, el->ip, MODEL_ADDR_BYTES(el->family));
	put(to, n, &el->proto, 1);
	put_port(to, n, el->port);
}

static void put_range(const struct elem *el, struct elem_bytes *out)
{
	size_t bytes = MODEL_ADDR_BYTES(el->family), n;
	uint8_t first[16] = {0}, last[16] = {0};

	for (size_t i = 0; i < bytes; i++) {
		int fixed = el->bits - (int)(8 * i);
		uint8_t host = (uint8_t)(fixed >= 8   ? 0
					 : fixed <= 0 ? 0xff
						      : 0xff >> fixed);

		first[i] = (uint8_t)(el->client[i] & ~host);
		last[i] = el->client[i] | host;
	}
	n = 0;
	put_word(out->key_end, &n, elem_list(el));
	put(out->key_end, &n, last, bytes);
	put(out->key, &out->key_len, first, bytes);
	out->is_interval = true;
}

static void put_shape(
	const struct elem *el, enum elem_shape s, uint8_t *to, size_t *n)
{
	switch (s) {
	case SHAPE_ADDRESS_PORT:
		put_place(el, to, n);
		return;
	case SHAPE_RANGE:
		put_word(to, n, elem_list(el));
		return;
	case SHAPE_SLOT:
		put_word(to, n, el->of.group);
		put_word(to, n, el->of.slot);
		return;
	case SHAPE_ZERO_ID:
		put_word(to, n, 0);
		put_word(to, n, el->of.id);
		return;
	case SHAPE_ID:
		put_word(to, n, el->of.id);
		return;
	case SHAPE_TWICE:
		put(to, n, el->ip, MODEL_ADDR_BYTES(el->family));
		put(to, n, el->ip, MODEL_ADDR_BYTES(el->family));
		return;
	case SHAPE_ADDRESS:
		put(to, n, el->ip, MODEL_ADDR_BYTES(el->family));
		return;
	case SHAPE_ENDPOINT:
		put(to, n, el->ip, MODEL_ADDR_BYTES(el->family));
		put_port(to, n, el->port);
		return;
	case SHAPE_SERVICE:
		put_word(to, n, el->of.masquerade);
		put_word(to, n, el->of.class);
		put_word(to, n, el->of.group);
		return;
	case SHAPE_NONE:
		return;
	}
}

void elem_encode(const struct elem *el, struct elem_bytes *out)
{
	*out = (struct elem_bytes){0};
	put_shape(el, elem_shapes[el->set].key, out->key, &out->key_len);
	put_shape(el, elem_shapes[el->set].data, out->data, &out->data_len);
	if (el->set == RULESET_RANGES)
		put_range(el, out);
}
