/*
 * dsse - the encoding that is signed is hashed piece by piece.
 */
#include "images/sign/dsse.h"

#include "lib/base/base64.h"

#include <stdio.h>
#include <string.h>

/* "LENGTH TEXT", after a space (protocol.md, "PAE"). */
static void add_part(struct sha256 *s, struct str part)
{
	char length[32];
	int n = snprintf(length, sizeof(length), " %zu ", part.n);

	sha256_add(s, length, (size_t)n);
	sha256_add(s, part.p, part.n);
}

void dsse_digest(
	struct str type, struct str payload, unsigned char out[SHA256_BYTES])
{
	struct sha256 s;

	sha256_start(&s);
	sha256_add(&s, "DSSEv1", strlen("DSSEv1"));
	add_part(&s, type);
	add_part(&s, payload);
	sha256_finish(&s, out);
}

static void put_base64(struct json_out *o, const char *key, struct str bytes)
{
	AUTO_BUF struct buf text = buf_growing(4 + bytes.n / 3 * 4 + 4);

	base64_encode(bytes, &text);
	json_str(o, key, buf_view(&text));
	o->b->full |= text.full;
}

void dsse_put(struct json_out *o, const char *key, struct str type,
	struct str payload, struct str signature)
{
	json_map(o, key);
	put_base64(o, "payload", payload);
	json_str(o, "payloadType", type);
	json_list(o, "signatures");
	json_map(o, NULL);
	put_base64(o, "sig", signature);
	json_map_end(o);
	json_list_end(o);
	json_map_end(o);
}

int dsse_bytes(const struct node *map, const char *key, struct arena *a,
	struct str *out, struct err *e)
{
	const struct node *text;
	struct buf b;
	char *room;

	if (node_need(map, key, NODE_TEXT, &text, e) < 0)
		return -1;
	room = arena_alloc(a, text->text.n + 1);
	if (!room)
		return err_kind(e, ERR_LIMIT, "%s: out of memory", key);
	b = buf_fixed(room, text->text.n + 1);
	if (base64_decode(text->text, &b, e) < 0)
		return err_at(e, "%s", key);
	*out = buf_view(&b);
	return 0;
}

int dsse_read(const struct node *envelope, struct arena *a, struct dsse *out,
	struct err *e)
{
	const struct node *type, *list;

	*out = (struct dsse){.n = 0};
	if (node_need(envelope, "payloadType", NODE_TEXT, &type, e) < 0 ||
		dsse_bytes(envelope, "payload", a, &out->payload, e) < 0 ||
		node_need(envelope, "signatures", NODE_LIST, &list, e) < 0)
		return -1;
	out->type = type->text;
	for (const struct node *c = node_first(list); c; c = c->next) {
		if (out->n == DSSE_SIGNATURES_MAX)
			return err_kind(e, ERR_LIMIT, "more than %d signatures",
				DSSE_SIGNATURES_MAX);
		if (dsse_bytes(c, "sig", a, &out->signatures[out->n++], e) < 0)
			return -1;
	}
	return out->n ? 0 : err_kind(e, ERR_INPUT, "no signature");
}
