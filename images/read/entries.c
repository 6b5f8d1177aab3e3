/*
 * entries - the tag says which entries are signatures, the configuration of the
 * manifest which are referrers; whatever is left is an image.  An index in the
 * index is opened, and its images stand in its place.
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

/* What is being read. */
struct reading {
	const struct source *source;
	struct arena *arena;
	struct entries *out;
};

static int entries_add(struct reading *r, const struct node *descriptor,
	const struct node *index, struct err *e)
{
	struct entry *x = &r->out->items[r->out->n];

	if (r->out->n == ENTRIES_MAX)
		return err_kind(e, ERR_LIMIT, "%s: more than %d entries",
			r->source->path, ENTRIES_MAX);
	r->out->n++;
	*x = (struct entry){.descriptor = descriptor, .index = index};
	if (blob_document(r->source, descriptor, r->arena, &x->manifest, e) < 0)
		return -1;
	return check_entry(x, e) < 0 ? err_at(e, "%s: %s", r->source->path,
					       blob_digest(descriptor))
				     : 0;
}

/*
 * A reader takes a child by its platform whatever its tag says, so each is an
 * image; only what BuildKit attests has no platform that a reader has.
 */
static int add_platform(struct reading *r, const struct node *child,
	const struct node *index, struct err *e)
{
	const struct node *is = node_get(child, "platform");

	if (entries_add(r, child, index, e) < 0)
		return -1;
	if (r->out->items[r->out->n - 1].kind == ENTRY_IMAGE ||
		(str_is(node_text(node_get(is, "os")), "unknown") &&
			str_is(node_text(node_get(is, "architecture")),
				"unknown")))
		return 0;
	return err_kind(e, ERR_INPUT,
		"%s: %s: an image of several is marked as what belongs to "
		"another",
		r->source->path, blob_digest(child));
}

/* The images of an index, one for each platform. */
static int add_platforms(
	struct reading *r, const struct node *index, struct err *e)
{
	const struct node *doc;

	if (blob_document(r->source, index, r->arena, &doc, e) < 0)
		return -1;
	if (unambiguous_platforms(doc, e) < 0)
		return err_at(e, "%s: %s", r->source->path, blob_digest(index));
	for (const struct node *c = node_first(node_get(doc, "manifests")); c;
		c = c->next)
		if (add_platform(r, c, index, e) < 0)
			return -1;
	return 0;
}

int entries_read(const struct source *s, const struct node *index,
	struct arena *a, struct entries *out, struct err *e)
{
	struct reading r = {.source = s, .arena = a, .out = out};
	const struct node *list = node_get(index, "manifests");

	out->n = 0;
	out->items = arena_alloc(a, ENTRIES_MAX * sizeof(*out->items));
	if (!out->items)
		return err_kind(e, ERR_LIMIT, "out of memory");
	for (const struct node *c = node_first(list); c; c = c->next) {
		bool is_index =
			str_is(node_text(node_get(c, "mediaType")), OCI_INDEX);

		if ((is_index ? add_platforms(&r, c, e)
			      : entries_add(&r, c, NULL, e)) < 0)
			return -1;
	}
	return 0;
}
