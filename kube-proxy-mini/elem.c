/*
 * elem - elements of our sets as the kernel's bytes, and back.
 *
 * A key is its fields one after the other, each padded to whole words;
 * addresses and ports in network order, marks in the machine's.
 */
#include "kube-proxy-mini/elem.h"

#include <arpa/inet.h>
#include <string.h>

/* What a set's key and data consist of. */
enum shape {
	SHAPE_ADDRESS_PORT, /* ip . proto . port */
	SHAPE_SLOT,         /* group . slot */
	SHAPE_ID,
	SHAPE_ADDRESS,
	SHAPE_TWICE, /* ip . ip */
	SHAPE_RANGE, /* ip . proto . port . clients */
	SHAPE_NONE,
	SHAPE_SERVICE,  /* masquerade . class . group */
	SHAPE_ENDPOINT, /* ip . port */
	SHAPE_ZERO_ID,  /* 0 . id */
};

static const struct {
	enum shape key, data;
} shapes[RULESET_SETS] = {
	[RULESET_SERVICES] = {SHAPE_ADDRESS_PORT, SHAPE_SERVICE},
	[RULESET_OUTSIDE] = {SHAPE_ADDRESS_PORT, SHAPE_SERVICE},
	[RULESET_ENDPOINTS] = {SHAPE_SLOT, SHAPE_ENDPOINT},
	[RULESET_STICKY] = {SHAPE_SLOT, SHAPE_ZERO_ID},
	[RULESET_STICKY_ENDPOINTS] = {SHAPE_ID, SHAPE_ENDPOINT},
	[RULESET_AFFINITY] = {SHAPE_NONE, SHAPE_NONE},
	[RULESET_CLUSTER_IPS] = {SHAPE_ADDRESS, SHAPE_NONE},
	[RULESET_HAIRPIN] = {SHAPE_TWICE, SHAPE_NONE},
	[RULESET_RANGES_ON] = {SHAPE_ADDRESS_PORT, SHAPE_NONE},
	[RULESET_RANGES] = {SHAPE_RANGE, SHAPE_NONE},
	[RULESET_CLASSES] = {SHAPE_NONE, SHAPE_NONE},
};

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
	enum shape key;

	if (!d)
		d = compare_numbers(a->family, b->family);
	if (d)
		return d;
	key = shapes[a->set].key;
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
	enum shape data = shapes[a->set].data;

	if (data == SHAPE_SERVICE)
		return a->of.masquerade == b->of.masquerade &&
		       a->of.class == b->of.class && a->of.group == b->of.group;
	if (data == SHAPE_ENDPOINT)
		return a->port == b->port &&
		       memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
	return data != SHAPE_ZERO_ID || a->of.id == b->of.id;
}

/* Writing. */

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
	put_place(el, out->key_end, &n);
	put(out->key_end, &n, last, bytes);
	put(out->key, &out->key_len, first, bytes);
	out->is_interval = true;
}

static void put_shape(
	const struct elem *el, enum shape s, uint8_t *to, size_t *n)
{
	switch (s) {
	case SHAPE_ADDRESS_PORT:
	case SHAPE_RANGE:
		put_place(el, to, n);
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
	put_shape(el, shapes[el->set].key, out->key, &out->key_len);
	put_shape(el, shapes[el->set].data, out->data, &out->data_len);
	if (el->set == RULESET_RANGES)
		put_range(el, out);
}

/* Reading. */

static struct str take(struct str *s, size_t n)
{
	struct str part = str_sub(*s, 0, n);
	size_t padded = (n + 3) & ~(size_t)3;

	*s = str_sub(*s, padded, s->n);
	return part;
}

static uint32_t take_word(struct str *s)
{
	struct str part = take(s, 4);
	uint32_t v = 0;

	if (part.n == 4)
		memcpy(&v, part.p, 4);
	return v;
}

static void take_ip(struct str *s, struct elem *el)
{
	struct str part = take(s, MODEL_ADDR_BYTES(el->family));

	if (part.n)
		memcpy(el->ip, part.p, part.n);
}

static void take_port(struct str *s, struct elem *el)
{
	struct str part = take(s, 2);
	uint16_t v = 0;

	if (part.n == 2)
		memcpy(&v, part.p, 2);
	el->port = ntohs(v);
}

static void take_place(struct str *s, struct elem *el)
{
	struct str part;

	take_ip(s, el);
	part = take(s, 1);
	el->proto = part.n ? (uint8_t)part.p[0] : 0;
	take_port(s, el);
}

static void take_range(struct str first, struct str last, struct elem *el)
{
	size_t bytes = MODEL_ADDR_BYTES(el->family), fixed = 0;

	last = str_sub(last, last.n - bytes, bytes);
	if (first.n != bytes || last.n != bytes)
		return;
	memcpy(el->client, first.p, bytes);
	while (fixed < 8 * bytes && ((first.p[fixed / 8] ^ last.p[fixed / 8]) &
					    (0x80 >> fixed % 8)) == 0)
		fixed++;
	el->bits = (uint8_t)fixed;
}

static void take_shape(struct str *s, enum shape shape, struct elem *el)
{
	switch (shape) {
	case SHAPE_ADDRESS_PORT:
	case SHAPE_RANGE:
		take_place(s, el);
		return;
	case SHAPE_SLOT:
		el->of.group = take_word(s);
		el->of.slot = take_word(s);
		return;
	case SHAPE_ZERO_ID:
		take_word(s);
		el->of.id = take_word(s);
		return;
	case SHAPE_ID:
		el->of.id = take_word(s);
		return;
	case SHAPE_TWICE:
		take_ip(s, el);
		take_ip(s, el);
		return;
	case SHAPE_ADDRESS:
		take_ip(s, el);
		return;
	case SHAPE_ENDPOINT:
		take_ip(s, el);
		take_port(s, el);
		return;
	case SHAPE_SERVICE:
		el->of.masquerade = take_word(s);
		el->of.class = take_word(s);
		el->of.group = take_word(s);
		return;
	case SHAPE_NONE:
		return;
	}
}

int elem_decode(enum model_family family, enum ruleset_set set, struct str key,
	struct str key_end, struct str data, struct elem *out)
{
	const struct nft_set *s = ruleset_set(family, set);

	if (key.n != nft_types_bytes(s->key) ||
		(data.n && data.n != nft_types_bytes(s->value)))
		return -1;
	*out = (struct elem){.set = (uint8_t)set, .family = (uint8_t)family};
	take_shape(&key, shapes[set].key, out);
	take_shape(&data, shapes[set].data, out);
	if (set == RULESET_RANGES) {
		if (key_end.n != nft_types_bytes(s->key))
			return -1;
		take_range(key, key_end, out);
	}
	return 0;
}

/* Printing. */

const char *elem_proto_name(uint8_t proto)
{
	switch (proto) {
	case MODEL_TCP:
		return "tcp";
	case MODEL_UDP:
		return "udp";
	case MODEL_SCTP:
		return "sctp";
	default:
		return "?";
	}
}

void elem_print_ip(enum model_family family, const uint8_t *ip, struct buf *out)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(family == MODEL_V4 ? AF_INET : AF_INET6, ip, text,
		sizeof(text));
	buf_text(out, text);
}

static void print_ip(const struct elem *el, struct buf *out)
{
	elem_print_ip((enum model_family)el->family, el->ip, out);
}

static void print_place(const struct elem *el, struct buf *out)
{
	print_ip(el, out);
	buf_fmt(out, " . %s . %u", elem_proto_name(el->proto), el->port);
}

static void print_shape(const struct elem *el, enum shape s, struct buf *out)
{
	switch (s) {
	case SHAPE_ADDRESS_PORT:
		print_place(el, out);
		return;
	case SHAPE_SLOT:
		buf_fmt(out, "0x%08x . 0x%08x", el->of.group, el->of.slot);
		return;
	case SHAPE_ZERO_ID:
		buf_fmt(out, "0x00000000 . 0x%08x", el->of.id);
		return;
	case SHAPE_ID:
		buf_fmt(out, "0x%08x", el->of.id);
		return;
	case SHAPE_TWICE:
		print_ip(el, out);
		buf_text(out, " . ");
		print_ip(el, out);
		return;
	case SHAPE_ADDRESS:
		print_ip(el, out);
		return;
	case SHAPE_RANGE:
		print_place(el, out);
		buf_text(out, " . ");
		elem_print_ip((enum model_family)el->family, el->client, out);
		buf_fmt(out, "/%u", el->bits);
		return;
	case SHAPE_ENDPOINT:
		print_ip(el, out);
		buf_fmt(out, " . %u", el->port);
		return;
	case SHAPE_SERVICE:
		buf_fmt(out, "0x%08x . 0x%08x . 0x%08x", el->of.masquerade,
			el->of.class, el->of.group);
		return;
	case SHAPE_NONE:
		return;
	}
}

void elem_print(const struct elem *el, struct buf *out)
{
	print_shape(el, shapes[el->set].key, out);
	if (shapes[el->set].data == SHAPE_NONE)
		return;
	buf_text(out, " : ");
	print_shape(el, shapes[el->set].data, out);
}
