/*
 * cri_told - one walk over the fields of the message.
 *
 * Maps come in no order (protobuf), so they are sorted: equal containers give
 * equal archives.
 */
#include "checkpoint-agent/resolve/cri_told.h"

#include "lib/base/pb.h"

#include <stdlib.h>
#include <string.h>

enum {
	REPLY_STATUS = 1,
	STATUS_METADATA = 2,
	STATUS_CREATED = 4,
	STATUS_STARTED = 5,
	STATUS_IMAGE_REF = 9,
	STATUS_LABELS = 12,
	STATUS_ANNOTATIONS = 13,
	STATUS_LOG_PATH = 15,
	METADATA_ATTEMPT = 2,
	MAP_KEY = 1,
	MAP_VALUE = 2,
};

struct cri_told cri_told_nothing(void)
{
	return (struct cri_told){.image_ref = "", .log_path = ""};
}

static int too_large(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "container status: too large");
}

static int take_text(
	struct str bytes, struct arena *a, const char **out, struct err *e)
{
	*out = arena_copy(a, bytes);
	return *out ? 0 : too_large(e);
}

/* An entry of a map; protobuf leaves out what is empty. */
static int take_pair(
	struct str entry, struct arena *a, struct cri_pairs *p, struct err *e)
{
	struct pb_field key = {.bytes = STR("")}, value = {.bytes = STR("")};
	const char *text;

	if (!p->item)
		p->item = arena_alloc(a, CRI_PAIRS_MAX * sizeof(*p->item));
	if (!p->item || p->n == CRI_PAIRS_MAX)
		return too_large(e);
	pb_find(entry, MAP_KEY, &key);
	pb_find(entry, MAP_VALUE, &value);
	if (take_text(key.bytes, a, &p->item[p->n].key, e) < 0 ||
		take_text(value.bytes, a, &text, e) < 0)
		return -1;
	p->item[p->n++].value = (struct str){text, value.bytes.n};
	return 0;
}

static void take_whole(const struct pb_field *f, struct cri_told *out)
{
	if (f->number == STATUS_CREATED)
		out->created_ns = (int64_t)f->whole;
	if (f->number == STATUS_STARTED)
		out->started_ns = (int64_t)f->whole;
}

static int take_bytes(const struct pb_field *f, struct arena *a,
	struct cri_told *out, struct err *e)
{
	struct pb_field attempt;

	switch (f->number) {
	case STATUS_METADATA:
		if (pb_find(f->bytes, METADATA_ATTEMPT, &attempt))
			out->attempt = (uint32_t)attempt.whole;
		return 0;
	case STATUS_IMAGE_REF:
		if (str_find(f->bytes, '@') == f->bytes.n)
			return 0;
		return take_text(f->bytes, a, &out->image_ref, e);
	case STATUS_LABELS:
		return take_pair(f->bytes, a, &out->labels, e);
	case STATUS_ANNOTATIONS:
		return take_pair(f->bytes, a, &out->annotations, e);
	case STATUS_LOG_PATH:
		return take_text(f->bytes, a, &out->log_path, e);
	default:
		return 0;
	}
}

static int compare_pairs(const void *x, const void *y)
{
	const struct cri_pair *a = x, *b = y;

	return strcmp(a->key, b->key);
}

static void sort_pairs(struct cri_pairs *p)
{
	if (p->n)
		qsort(p->item, p->n, sizeof(*p->item), compare_pairs);
}

static int read_status(struct str message, struct arena *a,
	struct cri_told *out, struct err *e)
{
	struct pb_field f;
	int more;

	while ((more = pb_next(&message, &f, e)) == 1) {
		if (f.type == PB_VARINT)
			take_whole(&f, out);
		else if (f.type == PB_BYTES && take_bytes(&f, a, out, e) < 0)
			return -1;
	}
	sort_pairs(&out->labels);
	sort_pairs(&out->annotations);
	return more;
}

int cri_told_read(struct str message, struct arena *a, struct cri_told *out,
	struct err *e)
{
	struct pb_field f;
	int more;

	*out = cri_told_nothing();
	while ((more = pb_next(&message, &f, e)) == 1)
		if (f.number == REPLY_STATUS && f.type == PB_BYTES &&
			(more = read_status(f.bytes, a, out, e)) < 0)
			break;
	if (more < 0)
		*out = cri_told_nothing();
	return more;
}

const struct str *cri_told_find(const struct cri_pairs *p, const char *key)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->item[i].key, key) == 0)
			return &p->item[i].value;
	return NULL;
}
