/*
 * entries - the tag says which entries are signatures, the configuration of the
 * manifest which are referrers; whatever is left is an image.
 */
#include "images/read/entries.h"

#include "images/read/unambiguous.h"
#include "lib/arc/oci.h"

#include <string.h>

#define TAG_PREFIX STR("sha256-")

/* crane writes the whole reference into the annotation, others the tag. */
static struct str tag_of(const struct node *descriptor)
{
	const struct node *all = node_get(descriptor, "annotations");
	struct str name = node_text(node_get(all, ENTRIES_HIDDEN_TAG));
	struct str part;

	if (name.n == 0)
		name = node_text(node_get(all, OCI_KEY("ref.name")));
	part = name;
	while (str_cut(&name, ':', &part))
		continue;
	return part;
}

static enum entry_kind kind_of_tag(
	const struct node *descriptor, struct str *hex)
{
	struct str tag = tag_of(descriptor);
	unsigned char digest[SHA256_BYTES];

	*hex = str_sub(tag, TAG_PREFIX.n, SHA256_HEX);
	if (!str_has_prefix(tag, TAG_PREFIX) || hex->n != SHA256_HEX ||
		str_unhex(*hex, digest, sizeof(digest)) < 0)
		return ENTRY_IMAGE;
	tag = str_sub(tag, TAG_PREFIX.n + SHA256_HEX, tag.n);
	return str_is(tag, ".sig")   ? ENTRY_SIGNATURES
	       : str_is(tag, ".att") ? ENTRY_ATTESTATIONS
				     : ENTRY_IMAGE;
}

static bool is_referrer(const struct entry *x)
{
	struct str config =
		node_text(node_path(x->manifest, "config", "mediaType", NULL));

	return node_get(x->descriptor, "artifactType") ||
	       str_is(config, OCI_EMPTY);
}

static int check_entry(struct entry *x, struct err *e)
{
	x->kind = kind_of_tag(x->descriptor, &x->tagged);
	if (x->kind != ENTRY_IMAGE)
		return unambiguous_tagged(x->manifest, e);
	x->tagged = STR("");
	if (!is_referrer(x))
		return 0;
	x->kind = ENTRY_REFERRER;
	return unambiguous_referrer(x->descriptor, x->manifest, e);
}

int entries_read(const struct source *s, const struct node *index,
	struct arena *a, struct entries *out, struct err *e)
{
	const struct node *list = node_get(index, "manifests");
	size_t n = list ? list->count : 0;

	out->n = 0;
	if (n > ENTRIES_MAX)
		return err_kind(e, ERR_LIMIT, "%s: more than %d entries",
			s->path, ENTRIES_MAX);
	out->items = arena_alloc(a, (n + 1) * sizeof(*out->items));
	if (!out->items)
		return err_kind(e, ERR_LIMIT, "out of memory");
	for (const struct node *c = node_first(list); c; c = c->next) {
		struct entry *x = &out->items[out->n++];

		x->descriptor = c;
		if (blob_document(s, c, a, &x->manifest, e) < 0)
			return -1;
		if (check_entry(x, e) < 0)
			return err_at(e, "%s: %s", s->path, blob_digest(c));
	}
	return 0;
}
